"""The spin manifest: one best picture a frame."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event
from sqlalchemy.engine import Engine

from schema.enums import CaptureMode, ImageStatus, Role
from tests.api.client import Api, good, problem
from tests.api.world import Org

FAILED = ImageStatus.FAILED


async def _spin(api: Api, org: Org, session: UUID) -> dict[str, Any]:
    answer = await api.call("GET", f"/sessions/{session}/spin", of=org, role=Role.OPERATOR)
    manifest: dict[str, Any] = good(answer)
    return manifest


async def test_an_empty_spin_is_all_gaps(api: Api, org: Org) -> None:
    manifest = await _spin(api, org, org.session(frames=4))
    assert manifest["total"] == 4
    assert manifest["gaps"] == [0, 90, 180, 270]
    assert [frame["status"] for frame in manifest["frames"]] == ["missing"] * 4
    assert (manifest["complete"], manifest["pending"]) == (False, False)


async def test_a_complete_spin(api: Api, org: Org) -> None:
    session = org.session(frames=4)
    images = [org.image(session, angle_deg=angle) for angle in (0, 90, 180)]
    images.append(org.image(session, angle_deg=270, status=ImageStatus.PUBLISHED))
    manifest = await _spin(api, org, session)
    assert [frame["image_id"] for frame in manifest["frames"]] == [str(one) for one in images]
    assert manifest["complete"] is True
    assert manifest["gaps"] == []
    assert manifest["qc"] == {"pass": 4, "warn": 0, "fail": 0}
    assert manifest["counts"] == {
        "published": 1,
        "processed": 3,
        "pending": 0,
        "failed": 0,
        "missing": 0,
    }
    assert set(manifest["frames"][0]["urls"]) == {"150", "600", "original"}


async def test_a_reshoot_supersedes_the_older_frame(api: Api, org: Org) -> None:
    session = org.session(frames=4)
    org.image(session, angle_deg=90, status=ImageStatus.PUBLISHED)
    newer = org.image(session, angle_deg=92, qc={"overall": "warn"})
    frame = (await _spin(api, org, session))["frames"][1]
    assert frame["image_id"] == str(newer)
    assert frame["status"] == "processed"
    assert (frame["angle_deg"], frame["shot_at_deg"]) == (90, 92)
    assert (frame["qc"], frame["superseded"]) == ("warn", 1)


async def test_a_failed_reshoot_leaves_the_older_picture(api: Api, org: Org) -> None:
    session = org.session(frames=4)
    older = org.image(session, angle_deg=0)
    org.image(session, angle_deg=0, status=FAILED, qc={})
    frame = (await _spin(api, org, session))["frames"][0]
    assert frame["image_id"] == str(older)
    assert frame["failure"] is None


async def test_a_failure_is_named_where_nothing_is_better(api: Api, org: Org) -> None:
    session = org.session(frames=4)
    broken = org.image(session, angle_deg=0, status=FAILED, qc={})
    manifest = await _spin(api, org, session)
    frame = manifest["frames"][0]
    assert (frame["status"], frame["image_id"]) == ("failed", str(broken))
    assert frame["failure"]["code"] == "corrupt"
    assert frame["urls"] == {}
    assert 0 in manifest["gaps"]


async def test_pending_frames_are_flagged(api: Api, org: Org) -> None:
    session = org.session(frames=4)
    older = org.image(session, angle_deg=0)
    org.upload(session, angle_deg=0)
    org.image(session, angle_deg=90, status=FAILED, qc={})
    waiting = org.upload(session, angle_deg=90)
    org.upload(session, angle_deg=180, arrived=False)
    manifest = await _spin(api, org, session)
    front, right, back, _ = manifest["frames"]
    assert (front["image_id"], front["status"], front["pending"]) == (
        str(older),
        "processed",
        True,
    )
    assert (right["image_id"], right["status"]) == (str(waiting), "pending")
    assert back["status"] == "missing"
    assert manifest["pending"] is True


async def test_an_older_take_that_is_still_pending_replaces_nothing(api: Api, org: Org) -> None:
    session = org.session(frames=4)
    org.upload(session, angle_deg=0)
    newer = org.image(session, angle_deg=0)
    manifest = await _spin(api, org, session)
    assert manifest["frames"][0]["image_id"] == str(newer)
    assert manifest["pending"] is False


async def test_one_statement_makes_it(api: Api, org: Org) -> None:
    session = org.session(frames=4)
    for angle in (0, 90, 180, 270):
        org.image(session, angle_deg=angle)
    # Who was shut out is asked at an organization's first request, not at every one.
    await _spin(api, org, session)
    statements: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if "app.org_id" not in statement:
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await _spin(api, org, session)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(statements) == 1


async def test_a_session_without_a_spin(api: Api, org: Org) -> None:
    body = {"site_id": str(org.here), "mode": CaptureMode.STILLS, "stock_number": "A-1"}
    session = good(await api.call("POST", "/sessions", of=org, json=body), 201)["id"]
    answer = await api.call("GET", f"/sessions/{session}/spin", of=org)
    problem(answer, 409, "session_has_no_spin")


async def test_a_spin_that_is_not_there(api: Api, org: Org, other: Org) -> None:
    for session in (other.session(), uuid4()):
        answer = await api.call("GET", f"/sessions/{session}/spin", of=org)
        problem(answer, 404, "session_not_found")
