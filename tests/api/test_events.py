"""The audit trail."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from api.events.schemas import MAX_EVENTS, MAX_PAYLOAD_BYTES
from schema.enums import Role
from tests.api.client import Api, good, problem
from tests.api.world import Org


def _event(entity: UUID, kind: str = "session", **members: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "entity_type": kind,
        "entity_id": str(entity),
        "event_type": "session.paused",
    } | members


def _stored(org: Org, ids: list[int]) -> list[dict[str, Any]]:
    with org.database.transaction(org.id) as transaction:
        found = transaction.execute(
            text("SELECT * FROM events WHERE id = ANY(:ids) ORDER BY id"), {"ids": ids}
        )
        return [dict(row) for row in found.mappings()]


async def test_one_event_is_stored_for_the_tokens_actor(api: Api, org: Org) -> None:
    session = org.session()
    at = datetime.now(UTC) - timedelta(hours=3)
    body = _event(session, payload={"battery": 0.2}, occurred_at=at.isoformat())
    answer = await api.call("POST", "/events", of=org, role=Role.DEVICE, json=body)
    (row,) = _stored(org, good(answer, 201)["ids"])
    assert (row["actor_type"], row["actor_id"]) == ("device", org.device)
    assert (row["entity_type"], row["entity_id"]) == ("session", session)
    assert row["payload"] == {"battery": 0.2}
    assert row["occurred_at"] == at
    assert row["org_id"] == org.id


async def test_an_array_keeps_its_order(api: Api, org: Org) -> None:
    session = org.session()
    body = [_event(session, event_type=f"step.n{number}") for number in range(MAX_EVENTS)]
    answer = await api.call("POST", "/events", of=org, role=Role.OPERATOR, json=body)
    ids = good(answer, 201)["ids"]
    kinds = {row["id"]: row["event_type"] for row in _stored(org, ids)}
    assert [kinds[number] for number in ids] == [event["event_type"] for event in body]
    assert {row["actor_type"] for row in _stored(org, ids)} == {"user"}


async def test_every_kind_of_entity(api: Api, org: Org) -> None:
    session = org.session()
    image = org.image(session)
    entities = {
        "session": session,
        "upload": image,
        "image": image,
        "device": org.device,
        "user": org.users[Role.ADMIN],
        "vehicle": org.vehicle_of(session),
    }
    body = [_event(entity, kind) for kind, entity in entities.items()]
    good(await api.call("POST", "/events", of=org, json=body), 201)


async def test_entities_that_are_not_there(api: Api, org: Org, other: Org) -> None:
    mine, foreign = org.session(), other.session()
    image = other.image(foreign)
    elsewhere = org.session(org.elsewhere)
    for kind, entity in (
        ("session", foreign),
        ("session", elsewhere),
        ("upload", image),
        ("image", image),
        ("device", other.device),
        ("user", other.users[Role.ADMIN]),
        ("vehicle", other.vehicle_of(foreign)),
        ("session", uuid4()),
        ("image", mine),
    ):
        body = [_event(mine), _event(entity, kind)]
        answer = await api.call("POST", "/events", of=org, role=Role.OPERATOR, json=body)
        errors = problem(answer, 404, "entity_not_found")["errors"]
        assert [error["field"] for error in errors] == ["body.1.entity_id"]


async def test_all_or_none(api: Api, org: Org) -> None:
    session = org.session()
    body = [_event(session, event_type="all.or_none"), _event(uuid4())]
    problem(await api.call("POST", "/events", of=org, json=body), 404, "entity_not_found")
    with org.database.transaction(org.id) as transaction:
        statement = text("SELECT count(*) FROM events WHERE entity_id = :id")
        assert transaction.execute(statement, {"id": session}).scalar_one() == 0


async def test_what_the_platform_writes_cannot_be_claimed(api: Api, org: Org) -> None:
    body = _event(org.session(), event_type="image.published")
    problem(await api.call("POST", "/events", of=org, json=body), 400, "event_type_reserved")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (_event(uuid4(), payload={"x": "y" * MAX_PAYLOAD_BYTES}), "body.payload"),
        (_event(uuid4(), event_type="Not A Type"), "body.event_type"),
        (_event(uuid4(), "planet"), "body.entity_type"),
        (_event(uuid4(), occurred_at="2026-01-01T00:00:00"), "body.occurred_at"),
        (_event(uuid4(), actor_id=str(uuid4())), "body.actor_id"),
        ([], "body"),
        ([_event(uuid4())] * (MAX_EVENTS + 1), "body"),
        ([_event(uuid4()), {}], "body.1.entity_type"),
    ],
)
async def test_a_request_that_is_not_valid(api: Api, org: Org, body: Any, field: str) -> None:  # noqa: ANN401
    answer = await api.call("POST", "/events", of=org, json=body)
    assert problem(answer, 400, "invalid_request")["errors"][0]["field"] == field


async def test_a_body_that_is_too_large(api: Api, org: Org) -> None:
    answer = await api.call("POST", "/events", of=org, json="x" * 2**21)
    problem(answer, 413, "body_too_large")
