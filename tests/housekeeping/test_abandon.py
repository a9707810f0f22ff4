"""Silent sessions are abandoned; each sign of life counts."""

import pytest

from activities.abandon import AbandonSilent
from adapters.housekeeping import PostgresSilentSessions, PostgresTenants
from adapters.postgres import Database
from schema.housekeeping import AbandonTask
from tests.housekeeping.conftest import House
from tests.rows import Yard, a_yard

DAY = AbandonTask(silence_seconds=86400)
LONG_AGO = "now() - interval '25 h'"


@pytest.fixture
def abandon(worker_database: Database) -> AbandonSilent:
    tenants = PostgresTenants(worker_database)
    return AbandonSilent(tenants, PostgresSilentSessions(worker_database))


def silent(house: House) -> Yard:
    """A session of yesterday, with one photo that was sent and one that was not."""
    yard = house.yard()
    house.processed(yard)
    house.promised(yard, angle_deg=15)
    house.sql(yard, f"UPDATE sessions SET created_at = {LONG_AGO}")
    house.sql(yard, f"UPDATE uploads SET created_at = {LONG_AGO}, expires_at = {LONG_AGO}")
    house.sql(yard, f"UPDATE uploads SET arrived_at = {LONG_AGO} WHERE arrived_at IS NOT NULL")
    house.sql(yard, f"UPDATE images SET created_at = {LONG_AGO}")
    return yard


def status(house: House, yard: Yard) -> str:
    ((found,),) = house.sql(yard, "SELECT status FROM sessions WHERE id = :id", id=yard.session_id)
    return str(found)


async def test_a_silent_session_is_abandoned_once(house: House, abandon: AbandonSilent) -> None:
    yard, lively = silent(house), house.yard()
    assert (await abandon.abandon_silent(DAY)).sessions == 1
    assert (await abandon.abandon_silent(DAY)).sessions == 0
    assert (status(house, yard), status(house, lively)) == ("abandoned", "active")
    ((actor, payload),) = house.sql(
        yard, "SELECT actor_type, payload FROM events WHERE event_type = 'session.abandoned'"
    )
    assert (actor, payload) == ("system", {"silent_seconds": 86400})


SIGNS = {
    "presign": "UPDATE uploads SET created_at = now() WHERE angle_deg = 15",
    "presign of the same file": "UPDATE uploads SET expires_at = now() WHERE angle_deg = 15",
    "arrival": "UPDATE uploads SET arrived_at = now() WHERE angle_deg = 15",
    "image": "UPDATE images SET created_at = now()",
    "event about the session": "INSERT INTO events (org_id, entity_type, entity_id, event_type,"
    " actor_type) SELECT org_id, 'session', id, 'session.resumed', 'user' FROM sessions",
    "event about an image": "INSERT INTO events (org_id, entity_type, entity_id, event_type,"
    " actor_type) SELECT org_id, 'image', id, 'image.published', 'user' FROM images",
}


@pytest.mark.parametrize("sign", SIGNS)
async def test_a_sign_of_life_saves_it(house: House, abandon: AbandonSilent, sign: str) -> None:
    yard = silent(house)
    house.sql(yard, SIGNS[sign])
    assert (await abandon.abandon_silent(DAY)).sessions == 0
    assert status(house, yard) == "active"


async def test_what_the_system_writes_is_no_sign_of_life(
    house: House, abandon: AbandonSilent
) -> None:
    yard = silent(house)
    assert (await house.look()).lost == 1
    assert (await abandon.abandon_silent(DAY)).sessions == 1
    assert status(house, yard) == "abandoned"


async def test_sessions_that_are_over_stay_as_they_are(
    house: House, abandon: AbandonSilent
) -> None:
    yard = silent(house)
    house.sql(yard, "UPDATE sessions SET status = 'completed'")
    assert (await abandon.abandon_silent(DAY)).sessions == 0
    assert status(house, yard) == "completed"


async def test_a_batch_leaves_the_rest_for_the_next_run(
    house: House, abandon: AbandonSilent
) -> None:
    yard = silent(house)
    a_yard(house.owner, like=yard)
    house.sql(yard, f"UPDATE sessions SET created_at = {LONG_AGO}")
    one = AbandonTask(silence_seconds=86400, batch=1)
    assert [(await abandon.abandon_silent(one)).sessions for _ in range(3)] == [1, 1, 0]


def test_organizations_are_listed_page_by_page(house: House) -> None:
    ids = sorted(house.yard().org_id for _ in range(5))
    tenants = PostgresTenants(house.worker)
    assert tenants.after(None, 3) == ids[:3]
    assert tenants.after(ids[2], 3) == ids[3:]
    assert tenants.after(ids[4], 3) == []
