"""Enrolling devices."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from sqlalchemy import text

from tests.api.client import Api, good, problem
from tests.api.world import Org


def _body(org_id: UUID, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of any type
    said = {"platform": "ios", "model": "iPhone 17", "app_version": "2.1"}
    return {"org_id": str(org_id), **said, **members}


async def _enroll(api: Api, org: Org, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    body = _body(org.id, enrollment_code=org.code(), **members)
    token: dict[str, Any] = good(await api.call("POST", "/auth/device", json=body))
    return token


def _row(org: Org, device: str) -> dict[str, Any]:
    with org.database.transaction(org.id) as transaction:
        statement = text("SELECT * FROM devices WHERE id = :id")
        return dict(transaction.execute(statement, {"id": device}).mappings().one())


async def test_a_device_enrols_and_its_token_opens_its_routes(api: Api, org: Org) -> None:
    enrolled = await _enroll(api, org)
    assert enrolled["token_type"] == "Bearer"
    assert enrolled["org_id"] == str(org.id)
    good(await api.call("GET", "/sessions", token=enrolled["access_token"]))
    row = _row(org, enrolled["device_id"])
    assert (row["platform"], row["model"], row["app_version"]) == ("ios", "iPhone 17", "2.1")


async def test_the_claims_of_a_device_token(api: Api, org: Org) -> None:
    enrolled = await _enroll(api, org)
    token = enrolled["access_token"]
    (key,) = good(await api.call("GET", "/.well-known/jwks.json"))["keys"]
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT", "kid": key["kid"]}
    claims = jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"], audience="imaging360-api")
    assert claims["sub"] == claims["device_id"] == enrolled["device_id"]
    assert claims["org_id"] == str(org.id)
    assert claims["role"] == "device"
    assert claims["exp"] - claims["iat"] == timedelta(days=30).total_seconds()
    assert datetime.fromtimestamp(claims["exp"], UTC) == datetime.fromisoformat(
        enrolled["expires_at"]
    )


async def test_enrolling_again_renews_the_token_and_notes_it(api: Api, org: Org) -> None:
    first = await _enroll(api, org)
    before = _row(org, first["device_id"])
    again = await _enroll(api, org, device_id=first["device_id"], app_version="2.2")
    after = _row(org, first["device_id"])
    assert again["device_id"] == first["device_id"]
    assert after["last_seen_at"] > before["last_seen_at"]
    assert after["app_version"] == "2.2"
    with org.database.transaction(org.id) as transaction:
        kinds = transaction.execute(
            text("SELECT event_type FROM events WHERE entity_id = :id ORDER BY id"),
            {"id": first["device_id"]},
        ).scalars()
        assert list(kinds) == ["device.enrolled", "device.reenrolled"]


async def test_a_device_may_bring_an_id_of_its_own(api: Api, org: Org) -> None:
    device = str(uuid4())
    assert (await _enroll(api, org, device_id=device))["device_id"] == device


async def test_enrolling_again_needs_a_code_again(api: Api, org: Org) -> None:
    body = _body(org.id, device_id=str(org.device))
    problem(await api.call("POST", "/auth/device", json=body), 400, "enrollment_code_required")


async def test_an_organization_that_is_not_there(api: Api) -> None:
    body = _body(uuid4(), enrollment_code="x")
    problem(await api.call("POST", "/auth/device", json=body), 400, "organization_unknown")


async def test_codes_that_do_not_let_in(api: Api, org: Org, other: Org) -> None:
    for code in (
        "wrong",
        org.code(uses=0),
        org.code(expires_in=timedelta(seconds=-1)),
        other.code(),
    ):
        body = _body(org.id, enrollment_code=code)
        problem(await api.call("POST", "/auth/device", json=body), 400, "enrollment_code_invalid")


async def test_of_many_devices_with_one_use_left_one_gets_in(api: Api, org: Org) -> None:
    body = _body(org.id, enrollment_code=org.code(uses=1))
    answers = await asyncio.gather(*(api.call("POST", "/auth/device", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


async def test_a_revoked_device_stays_out_and_uses_up_no_code(api: Api, org: Org) -> None:
    with org.database.transaction(org.id) as transaction:
        transaction.execute(
            text("UPDATE devices SET revoked_at = now() WHERE id = :id"), {"id": org.device}
        )
    code = org.code(uses=1)
    body = _body(org.id, device_id=str(org.device), enrollment_code=code)
    problem(await api.call("POST", "/auth/device", json=body), 403, "device_revoked")
    good(await api.call("POST", "/auth/device", json=_body(org.id, enrollment_code=code)))


async def test_another_organizations_device_id(api: Api, org: Org, other: Org) -> None:
    body = _body(org.id, device_id=str(other.device), enrollment_code=org.code())
    problem(await api.call("POST", "/auth/device", json=body), 400, "device_id_taken")
    assert _row(other, str(other.device))["model"] == "phone"


async def test_open_enrolment_needs_no_code(open_api: Api, org: Org) -> None:
    good(await open_api.call("POST", "/auth/device", json=_body(org.id)))
    wrong = _body(org.id, enrollment_code="wrong")
    answer = await open_api.call("POST", "/auth/device", json=wrong)
    problem(answer, 400, "enrollment_code_invalid")


@pytest.mark.parametrize(
    "wrong",
    [
        {"org_id": "x"},
        {"platform": "toaster"},
        {"model": ""},
        {"app_version": "v" * 101},
        {"enrollment_code": "c" * 129},
        {"device_id": "x"},
        {"role": "admin"},
    ],
)
async def test_a_request_that_is_not_valid(api: Api, org: Org, wrong: dict[str, str]) -> None:
    answer = await api.call("POST", "/auth/device", json=_body(org.id) | wrong)
    document = problem(answer, 400, "invalid_request")
    assert document["errors"][0]["field"] == f"body.{next(iter(wrong))}"


async def test_a_device_token_opens_no_users_route(api: Api, org: Org) -> None:
    token = (await _enroll(api, org))["access_token"]
    answer = await api.call("GET", "/images", token=token, session_id=org.session())
    problem(answer, 403, "role_forbidden")
