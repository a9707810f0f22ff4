"""Ending and resuming capture sessions."""

import asyncio
from uuid import uuid4

import pytest

from schema.enums import Role
from tests.api.client import Api, good, problem
from tests.api.world import Org


async def test_completing_says_what_is_missing(api: Api, org: Org) -> None:
    session = org.session(frames=4)
    org.image(session, angle_deg=90)
    path = f"/sessions/{session}"
    done = good(await api.call("PATCH", path, of=org, json={"status": "completed"}))
    assert done["status"] == "completed"
    assert done["completed_at"] is not None
    assert done["progress"]["missing_angles"] == [0, 180, 270]
    assert done["warnings"][0]["code"] == "frames_missing"
    assert "0, 180, 270" in done["warnings"][0]["message"]
    again = good(await api.call("PATCH", path, of=org, json={"status": "completed"}))
    assert again["completed_at"] == done["completed_at"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("completed", "active"), ("completed", "abandoned"), ("abandoned", "completed")],
)
async def test_an_impossible_transition(api: Api, org: Org, before: str, after: str) -> None:
    session = org.session(status=before)
    answer = await api.call("PATCH", f"/sessions/{session}", of=org, json={"status": after})
    problem(answer, 409, "transition_impossible")


@pytest.mark.parametrize("role", list(Role))
async def test_whoever_ends_a_session_is_told_how_it_ended(api: Api, org: Org, role: Role) -> None:
    path = f"/sessions/{org.session(opened_by=Role.ADMIN)}"
    body = {"status": "completed"}
    assert (
        good(await api.call("PATCH", path, of=org, role=role, json=body))["status"] == "completed"
    )


async def test_an_abandoned_session_can_be_resumed(api: Api, org: Org) -> None:
    path = f"/sessions/{org.session()}"
    for status in ("abandoned", "active"):
        changed = good(await api.call("PATCH", path, of=org, json={"status": status}))
        assert changed["status"] == status


async def test_of_two_opposite_changes_one_wins(api: Api, org: Org) -> None:
    path = f"/sessions/{org.session()}"
    answers = await asyncio.gather(
        *(
            api.call("PATCH", path, of=org, json={"status": status})
            for status in ("completed", "abandoned")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_nobody_changes_what_they_do_not_see(api: Api, org: Org, other: Org) -> None:
    for session in (other.session(), org.session(org.elsewhere), uuid4()):
        answer = await api.call(
            "PATCH",
            f"/sessions/{session}",
            of=org,
            role=Role.REVIEWER,
            json={"status": "abandoned"},
        )
        problem(answer, 404, "session_not_found")
