"""What lists say for people: names, posters, search, who published."""

from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from schema.enums import ImageStatus, Role
from schema.tables.capture import Vehicle
from tests.api.client import Api, good, problem
from tests.api.world import Org

VIN = "1HGCM82633A004352"


def _name_vehicle(org: Org, session: UUID, **columns: str) -> None:
    vehicle = org.vehicle_of(session)
    with org.database.transaction(org.id) as transaction:
        changed = update(Vehicle).where(col(Vehicle.id) == vehicle)
        transaction.execute(changed.values(**columns))


@pytest.mark.parametrize("search", ["4352", "hgcm", VIN, " stock-7 "])
async def test_sessions_are_found_by_a_part_of_vin_or_stock_number(
    api: Api, org: Org, other: Org, search: str
) -> None:
    wanted, _, foreign = org.session(), org.session(), other.session()
    for owner, session in ((org, wanted), (other, foreign)):
        _name_vehicle(owner, session, vin=VIN, stock_number="Stock-7")
    page = good(await api.call("GET", "/sessions", of=org, q=search))
    assert [item["id"] for item in page["items"]] == [str(wanted)]
    assert page["total"] == 1


async def test_a_search_is_taken_literally(api: Api, org: Org) -> None:
    org.session()
    assert good(await api.call("GET", "/sessions", of=org, q="%"))["total"] == 0
    assert good(await api.call("GET", "/sessions", of=org, q=""))["total"] == 1
    problem(await api.call("GET", "/sessions", of=org, q="a\0"), 400, "invalid_request")


async def test_a_session_says_where_and_by_whom(api: Api, org: Org) -> None:
    by_phone = good(await api.call("GET", f"/sessions/{org.session()}", of=org))
    assert by_phone["site_name"] == org.here.hex
    assert (by_phone["device_model"], by_phone["operator_name"]) == ("phone", None)
    opened = org.session(opened_by=Role.OPERATOR)
    by_person = good(await api.call("GET", f"/sessions/{opened}", of=org))
    # The person has no name yet.
    assert by_person["operator_name"] == org.email(Role.OPERATOR)
    assert by_person["device_model"] is None


async def test_the_poster_is_the_best_three_quarter_view(api: Api, org: Org) -> None:
    session = org.session(frames=8)
    bad = {"overall": "fail"}
    for angle in (0, 90, 180):
        org.image(session, angle_deg=angle)
    best = org.image(session, angle_deg=30)
    org.image(session, angle_deg=45, qc=bad)
    org.image(session, angle_deg=44, status=ImageStatus.FAILED)
    page = good(await api.call("GET", "/sessions", of=org))
    urls = page["items"][0]["poster_urls"]
    assert set(urls) == {"150", "600"}
    assert f"{best}_thumb_600.jpg" in urls["600"]


async def test_without_pictures_there_is_no_poster(api: Api, org: Org) -> None:
    session = org.session()
    org.image(session, status=ImageStatus.FAILED)
    assert good(await api.call("GET", f"/sessions/{session}", of=org))["poster_urls"] == {}


async def test_people_see_their_sites(api: Api, org: Org) -> None:
    seen = {Role.ADMIN: {org.here, org.elsewhere}, Role.OPERATOR: {org.here}}
    for role, sites in seen.items():
        page = good(await api.call("GET", "/sites", of=org, role=role))
        assert {item["id"] for item in page["items"]} == {str(site) for site in sites}
        assert page["total"] == len(sites)
    problem(await api.call("GET", "/sites", of=org, role=Role.DEVICE), 403, "role_forbidden")


async def test_the_list_names_who_published(api: Api, org: Org) -> None:
    session = org.session()
    image = org.image(session)
    org.image(session, angle_deg=90)
    good(await api.call("POST", f"/images/{image}/publish", of=org, role=Role.REVIEWER))
    listed = good(await api.call("GET", "/images", of=org, session_id=session))
    assert listed["people"] == {str(org.users[Role.REVIEWER]): org.email(Role.REVIEWER)}
