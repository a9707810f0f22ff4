"""A session that the clock abandoned, and a phone that goes on."""

from uuid import UUID

import pytest
from sqlalchemy import text

from adapters.housekeeping import PostgresSilentSessions
from adapters.postgres import Database
from devstack.testing.databases import Database as Migrated
from schema.enums import Role
from tests.api.client import Api, good, problem
from tests.api.world import Org


@pytest.fixture
def abandoned(org: Org, module_database: Migrated) -> UUID:
    """A session that gave no sign of life for no time at all."""
    session = org.session()
    worker = Database(module_database.worker, pool_size=1)
    PostgresSilentSessions(worker).abandon(org.id, 0, 1000)
    worker.close()
    return session


def _presign(session: UUID) -> dict[str, object]:
    return {
        "session_id": str(session),
        "file_name": "photo.jpg",
        "content_type": "image/jpeg",
        "content_sha256": "ab" * 32,
        "angle_deg": 0,
    }


async def _status(api: Api, org: Org, session: UUID) -> object:
    return good(await api.call("GET", f"/sessions/{session}", of=org))["status"]


async def test_a_presign_breaks_the_silence(api: Api, org: Org, abandoned: UUID) -> None:
    assert await _status(api, org, abandoned) == "abandoned"
    for _ in range(2):
        good(await api.call("POST", "/presign", of=org, role=Role.DEVICE, json=_presign(abandoned)))
    assert await _status(api, org, abandoned) == "active"
    told = [(event.event_type, event.actor_type) for event in org.events(abandoned)]
    assert told == [("session.abandoned", "system"), ("session.resumed", "device")]


async def test_what_a_person_abandoned_stays_so(api: Api, org: Org, abandoned: UUID) -> None:
    path = f"/sessions/{abandoned}"
    for status in ("active", "abandoned"):
        good(await api.call("PATCH", path, of=org, json={"status": status}))
    answer = await api.call("POST", "/presign", of=org, role=Role.DEVICE, json=_presign(abandoned))
    problem(answer, 409, "session_not_active")


async def test_nobody_wakes_what_they_do_not_see(
    api: Api, org: Org, other: Org, abandoned: UUID
) -> None:
    answer = await api.call(
        "POST", "/presign", of=other, role=Role.DEVICE, json=_presign(abandoned)
    )
    problem(answer, 404, "session_not_found")
    assert await _status(api, org, abandoned) == "abandoned"


async def test_a_promise_that_was_given_up_and_is_made_again_is_open(api: Api, org: Org) -> None:
    session = org.session()
    body = _presign(session)
    first = good(await api.call("POST", "/presign", of=org, role=Role.DEVICE, json=body))
    with org.database.transaction(org.id) as transaction:
        lost = text("UPDATE uploads SET lost_at = now(), check_at = NULL WHERE id = :id")
        transaction.execute(lost, {"id": first["upload_id"]})
    again = good(await api.call("POST", "/presign", of=org, role=Role.DEVICE, json=body))
    assert again["upload_id"] == first["upload_id"]
    with org.database.transaction(org.id) as transaction:
        wanted = text("SELECT lost_at IS NULL, check_at IS NULL FROM uploads WHERE id = :id")
        assert transaction.execute(wanted, {"id": first["upload_id"]}).one() == (True, False)
