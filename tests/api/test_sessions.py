"""Opening, listing and ending capture sessions."""

import asyncio
from typing import Any

import pytest

from schema.enums import CaptureMode, ImageStatus, Role
from tests.api.client import Api, good, problem
from tests.api.world import Org

VIN = "1HGCM82633A004352"
WRONG_CHECK_DIGIT = "1HGCM82633A004353"


def _body(org: Org, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of any type
    return {"site_id": str(org.here), "mode": "studio360", **members}


async def _open(api: Api, org: Org, role: Role = Role.DEVICE, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = await api.call("POST", "/sessions", of=org, role=role, json=_body(org, **members))
    session: dict[str, Any] = good(answer, 201)
    return session


async def test_a_session_is_opened_about_a_new_vehicle(api: Api, org: Org) -> None:
    session = await _open(api, org, vin=VIN.lower(), make="Honda", model="Accord", year=2003)
    assert session["vehicle"]["vin"] == VIN
    assert session["vehicle"]["year"] == 2003
    assert session["shot_list"] == {"studio360": {"frame_count": 24}, "stills": []}
    assert session["device_id"] == str(org.device)
    assert session["warnings"] == []
    assert session["progress"]["expected"] == 24
    assert session["progress"]["missing_angles"] == list(range(0, 360, 15))
    again = good(await api.call("GET", f"/sessions/{session['id']}", of=org))
    assert again == session


async def test_a_person_who_opens_a_session_is_its_operator(api: Api, org: Org) -> None:
    session = await _open(api, org, Role.OPERATOR, stock_number="A-1")
    assert session["operator_id"] == str(org.users[Role.OPERATOR])
    assert session["device_id"] is None


async def test_a_stills_session_has_named_shots(api: Api, org: Org) -> None:
    session = await _open(api, org, mode="stills", stock_number="A-1")
    required = [shot["name"] for shot in session["shot_list"]["stills"] if shot["required"]]
    assert required[0] == "front_3q"
    assert session["progress"]["expected"] == len(required)
    assert session["progress"]["missing_shots"] == required


async def test_a_shot_list_of_ones_own_is_kept(api: Api, org: Org) -> None:
    wanted = {"studio360": {"frame_count": 8}, "stills": [{"name": "dash", "required": True}]}
    session = await _open(api, org, stock_number="A-1", shot_list=wanted)
    assert session["shot_list"] == wanted
    assert session["progress"]["expected"] == 9


async def test_a_wrong_check_digit_is_accepted_with_a_warning(api: Api, org: Org) -> None:
    session = await _open(api, org, vin=WRONG_CHECK_DIGIT)
    assert [warning["code"] for warning in session["warnings"]] == ["vin_check_digit"]


@pytest.mark.parametrize("vin", ["1HGCM82633A00435", "1HGCM82633A00435I", "1HGCM82633A0043 2"])
async def test_a_malformed_vin_is_refused(api: Api, org: Org, vin: str) -> None:
    answer = await api.call("POST", "/sessions", of=org, json=_body(org, vin=vin))
    assert problem(answer, 400, "invalid_request")["errors"][0]["field"] == "body.vin"


@pytest.mark.parametrize("members", [{}, {"vin": " "}])
async def test_a_vehicle_needs_an_identity(api: Api, org: Org, members: dict[str, str]) -> None:
    answer = await api.call("POST", "/sessions", of=org, json=_body(org, **members))
    problem(answer, 400, "vehicle_identity_required")


async def test_a_vehicle_is_found_again_and_completed(api: Api, org: Org) -> None:
    first = await _open(api, org, stock_number="A-1", make="Honda")
    second = await _open(api, org, stock_number="A-1", vin=VIN, model="Accord")
    third = await _open(api, org, vin=VIN)
    fourth = await _open(api, org, stock_number="A-1")
    vehicles = [session["vehicle"] for session in (first, second, third, fourth)]
    assert len({vehicle["id"] for vehicle in vehicles}) == 1
    assert vehicles[-1]["make"] == "Honda"
    assert vehicles[-1]["model"] == "Accord"
    assert vehicles[-1]["vin"] == VIN


async def test_the_same_vin_in_two_organizations_is_two_vehicles(
    api: Api, org: Org, other: Org
) -> None:
    ours, theirs = await _open(api, org, vin=VIN), await _open(api, other, vin=VIN)
    assert ours["vehicle"]["id"] != theirs["vehicle"]["id"]


async def test_phones_that_open_sessions_at_once_share_the_vehicle(api: Api, org: Org) -> None:
    said: list[dict[str, Any]] = [{"vin": VIN}, {"vin": VIN, "stock_number": "A-1"}]
    said += [{"stock_number": "B-1"}] * 3
    sessions = await asyncio.gather(*(_open(api, org, **members) for members in said * 3))
    by_identity = {(s["vehicle"]["vin"], s["vehicle"]["id"]) for s in sessions}
    assert len(by_identity) == 2


async def test_a_session_needs_a_site_that_the_caller_may_see(
    api: Api, org: Org, other: Org
) -> None:
    for role, site in ((Role.OPERATOR, org.elsewhere), (Role.ADMIN, other.here)):
        body = _body(org, stock_number="A-1") | {"site_id": str(site)}
        answer = await api.call("POST", "/sessions", of=org, role=role, json=body)
        problem(answer, 404, "site_not_found")


async def test_progress_counts_what_came_of_the_uploads(api: Api, org: Org) -> None:
    session = org.session(frames=4)
    org.image(session, angle_deg=0)
    org.image(session, angle_deg=91)
    org.image(session, angle_deg=180, status=ImageStatus.FAILED)
    org.upload(session, angle_deg=270)
    org.upload(session, angle_deg=180, arrived=False)
    shown = good(await api.call("GET", f"/sessions/{session}", of=org))
    assert shown["progress"] == {
        "expected": 4,
        "promised": 5,
        "arrived": 4,
        "processed": 2,
        "failed": 1,
        "published": 0,
        "missing_angles": [180],
        "missing_shots": [],
    }


async def test_active_sessions_come_first_then_the_newest(api: Api, org: Org) -> None:
    done = org.session(status="completed")
    old, new = org.session(), org.session()
    page = good(await api.call("GET", "/sessions", of=org))
    assert [item["id"] for item in page["items"]] == [str(new), str(old), str(done)]
    assert page["total"] == 3
    second = good(await api.call("GET", "/sessions", of=org, limit=1, offset=1))
    assert [item["id"] for item in second["items"]] == [str(old)]
    assert (second["total"], second["limit"], second["offset"]) == (3, 1, 1)


async def test_sessions_are_filtered(api: Api, org: Org) -> None:
    here, there = org.session(), org.session(org.elsewhere, status="completed")
    vehicle = org.vehicle_of(here)
    for filters, expected in (
        ({"site_id": org.elsewhere}, there),
        ({"status": "completed"}, there),
        ({"vehicle_id": vehicle}, here),
    ):
        page = good(await api.call("GET", "/sessions", of=org, **filters))
        assert [item["id"] for item in page["items"]] == [str(expected)], filters


async def test_what_each_role_sees(api: Api, org: Org, other: Org) -> None:
    sessions = {
        "active": org.session(opened_by=Role.ADMIN),
        "done": org.session(status="completed", opened_by=Role.ADMIN),
        "device's": org.session(status="completed"),
        "operator's": org.session(status="completed", opened_by=Role.OPERATOR),
        "elsewhere": org.session(org.elsewhere, opened_by=Role.ADMIN),
        "foreign": other.session(),
    }
    seen = {
        Role.DEVICE: {"active", "device's", "elsewhere"},
        Role.OPERATOR: {"active", "device's", "operator's"},
        Role.REVIEWER: {"active", "done", "device's", "operator's"},
        Role.ADMIN: {"active", "done", "device's", "operator's", "elsewhere"},
    }
    for role, names in seen.items():
        page = good(await api.call("GET", "/sessions", of=org, role=role))
        assert {item["id"] for item in page["items"]} == {str(sessions[name]) for name in names}
        for name, session in sessions.items():
            answer = await api.call("GET", f"/sessions/{session}", of=org, role=role)
            if name in names:
                good(answer)
            else:
                problem(answer, 404, "session_not_found")


async def test_a_person_without_sites_sees_nothing(api: Api, org: Org) -> None:
    org.session()
    token = api.token(org, Role.REVIEWER, sites=[])
    assert good(await api.call("GET", "/sessions", token=token))["items"] == []


@pytest.mark.parametrize("mode", list(CaptureMode))
async def test_every_mode_has_a_default_shot_list(api: Api, org: Org, mode: CaptureMode) -> None:
    session = await _open(api, org, mode=mode.value, stock_number="A-1")
    assert session["progress"]["expected"] > 0
