"""People, sites, devices and codes, administered by the organization's own admins."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from api.backends import Backends
from api.revocation import Revocations
from schema.enums import Role
from tests.api.client import Api, good, problem, serve
from tests.api.world import Org


async def _kinds(org: Org, entity: Any) -> list[str]:  # noqa: ANN401 - an id
    return [one.event_type for one in org.events(entity)]


async def test_a_person_is_let_in_moved_and_shut_out(api: Api, org: Org) -> None:
    body = {"email": "New@X.example", "role": "reviewer", "site_ids": [str(org.here)]}
    user = good(await api.call("POST", "/users", of=org, json=body), 201)
    assert (user["email"], user["site_ids"]) == ("new@x.example", [str(org.here)])
    problem(await api.call("POST", "/users", of=org, json=body), 409, "email_taken")
    path = f"/users/{user['id']}"
    change = {"role": "operator", "site_ids": [str(org.elsewhere)], "disabled": True}
    changed = good(await api.call("PATCH", path, of=org, json=change))
    assert (changed["role"], changed["site_ids"]) == ("operator", [str(org.elsewhere)])
    assert changed["disabled_at"] is not None
    again = good(await api.call("PATCH", path, of=org, json={"disabled": False}))
    assert (again["role"], again["disabled_at"]) == ("operator", None)
    assert await _kinds(org, user["id"]) == ["user.created", "user.changed", "user.changed"]
    page = good(await api.call("GET", "/users", of=org, limit=3))
    assert (len(page["items"]), page["total"]) == (3, 4)
    last = good(await api.call("GET", "/users", of=org, limit=3, offset=3))
    listed = page["items"] + last["items"]
    assert [one for one in listed if one["id"] == user["id"]] == [again]


async def test_sites_of_others_are_given_to_nobody(api: Api, org: Org, other: Org) -> None:
    body = {"email": "a@x.example", "role": "operator", "site_ids": [str(other.here)]}
    problem(await api.call("POST", "/users", of=org, json=body), 404, "site_not_found")
    path = f"/users/{org.users[Role.OPERATOR]}"
    change = {"site_ids": [str(other.here)], "role": "admin"}
    problem(await api.call("PATCH", path, of=org, json=change), 404, "site_not_found")
    users = good(await api.call("GET", "/users", of=org))["items"]
    assert {user["role"] for user in users if user["id"] in path} == {"operator"}
    assert "a@x.example" not in {user["email"] for user in users}


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "reviewer"}])
async def test_nobody_locks_themselves_out(api: Api, org: Org, change: dict[str, Any]) -> None:
    path = f"/users/{org.users[Role.ADMIN]}"
    problem(await api.call("PATCH", path, of=org, json=change), 409, "own_account")


async def test_a_site_is_opened(api: Api, org: Org) -> None:
    body = {"name": "North yard", "time_zone": "Europe/Berlin"}
    site = good(await api.call("POST", "/sites", of=org, json=body), 201)
    problem(await api.call("POST", "/sites", of=org, json=body), 409, "site_name_taken")
    page = good(await api.call("GET", "/sites", of=org))
    assert site in page["items"]
    assert page["total"] == 3
    assert await _kinds(org, site["id"]) == ["site.created"]
    wrong = {"name": "x", "time_zone": "Mars/Base"}
    problem(await api.call("POST", "/sites", of=org, json=wrong), 400, "invalid_request")


async def test_a_code_is_shown_once_and_lets_devices_in(api: Api, org: Org) -> None:
    body = {"label": "Tuesday", "uses": 2, "expires_in": 3600}
    code = good(await api.call("POST", "/enrollment-codes", of=org, json=body), 201)
    (listed,) = good(await api.call("GET", "/enrollment-codes", of=org))["items"]
    assert listed == {name: value for name, value in code.items() if name != "code"}
    said = {"platform": "ios", "model": "phone", "app_version": "1"}
    device = {"org_id": str(org.id), "enrollment_code": code["code"], **said}
    good(await api.call("POST", "/auth/device", json=device))
    path = f"/enrollment-codes/{code['id']}/expire"
    for _ in range(2):
        expired = good(await api.call("POST", path, of=org))
        assert expired["uses_left"] == 1
    answer = await api.call("POST", "/auth/device", json=device)
    problem(answer, 400, "enrollment_code_invalid")
    assert await _kinds(org, code["id"]) == ["enrollment_code.created", "enrollment_code.expired"]
    assert code["code"] not in str([one.payload for one in org.events(code["id"])])


async def test_a_revoked_device_is_out_at_once_where_it_was_revoked(api: Api, org: Org) -> None:
    good(await api.call("GET", "/sessions", of=org, role=Role.DEVICE))
    path = f"/devices/{org.device}/revoke"
    for _ in range(2):
        assert good(await api.call("POST", path, of=org))["revoked_at"] is not None
    answer = await api.call("GET", "/sessions", of=org, role=Role.DEVICE)
    problem(answer, 401, "token_revoked")
    assert await _kinds(org, org.device) == ["device.revoked"]
    (listed,) = good(await api.call("GET", "/devices", of=org))["items"]
    assert listed["revoked_at"] is not None


async def test_others_are_not_there(api: Api, org: Org, other: Org) -> None:
    for device in (other.device, uuid4()):
        answer = await api.call("POST", f"/devices/{device}/revoke", of=org)
        problem(answer, 404, "device_not_found")
    good(await api.call("GET", "/sessions", of=other, role=Role.DEVICE))


SHUT_OUT = {
    Role.DEVICE: "UPDATE devices SET revoked_at = now() WHERE id = :id",
    Role.OPERATOR: "UPDATE users SET disabled_at = now() WHERE id = :id",
}


@pytest.mark.parametrize("role", list(SHUT_OUT))
async def test_other_processes_know_within_the_bound(
    application: FastAPI, backends: Backends, org: Org, role: Role
) -> None:
    now = 0.0
    revocations = Revocations(backends.database, seconds=10, clock=lambda: now)
    async with serve(application, replace(backends, revocations=revocations)) as api:
        good(await api.call("GET", "/sessions", of=org, role=role))
        with org.database.transaction(org.id) as transaction:
            transaction.execute(text(SHUT_OUT[role]), {"id": org.actor(role)})
        now = 9.9
        good(await api.call("GET", "/sessions", of=org, role=role))
        now = 10.0
        answer = await api.call("GET", "/sessions", of=org, role=role)
        problem(answer, 401, "token_revoked")
        good(await api.call("GET", "/sessions", of=org, role=Role.ADMIN))


async def test_it_is_asked_once_and_not_at_every_request(api: Api, org: Org) -> None:
    asked: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if "revoked_at IS NOT NULL" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for _ in range(5):
            good(await api.call("GET", "/sessions", of=org, role=Role.DEVICE))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(asked) == 1
