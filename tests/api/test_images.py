"""Finished and pending pictures in one list, and one by one."""

from typing import Any
from uuid import UUID, uuid4

from temporalio.worker import Worker

from schema.contracts import Failure
from schema.enums import CaptureMode, ImageStatus, Role
from tests.api.client import Api, good, problem
from tests.api.pipeline import Pipeline
from tests.api.world import Org
from tests.waiting import eventually
from workflows.process_image import ProcessImage


async def _list(api: Api, org: Org, session: UUID, role: Role = Role.REVIEWER) -> dict[str, Any]:
    answer = await api.call("GET", "/images", of=org, role=role, session_id=session)
    listed: dict[str, Any] = good(answer)
    return listed


async def test_a_finished_image_says_all_that_is_known(api: Api, org: Org) -> None:
    session = org.session()
    image = org.image(session, angle_deg=90)
    (item,) = (await _list(api, org, session))["items"]
    assert item["id"] == str(image)
    assert item["status"] == "processed"
    assert item["angle_deg"] == 90
    assert (item["width"], item["height"]) == (4000, 3000)
    assert item["phash"] == "f0e1d2c3b4a59687"
    assert item["qc"]["overall"] == "pass"
    assert item["failure"] is None
    assert item["processed_at"] == item["created_at"]
    assert set(item["thumb_urls"]) == set(item["thumb_keys"]) == {"150", "600"}
    assert item["thumb_keys"]["150"] in item["thumb_urls"]["150"]
    assert "X-Amz-Signature" in item["original_url"]


async def test_urls_stay_the_same_for_a_while(api: Api, org: Org) -> None:
    session = org.session()
    org.image(session)
    assert await _list(api, org, session) == await _list(api, org, session)


async def test_a_failed_image_says_why(api: Api, org: Org) -> None:
    session = org.session()
    org.image(session, status=ImageStatus.FAILED, qc={})
    (item,) = (await _list(api, org, session))["items"]
    assert item["status"] == "failed"
    assert item["failure"]["code"] == "corrupt"
    assert item["qc"] is None


async def test_finished_and_pending_in_one_list_by_angle(
    api: Api, org: Org, pipeline: Pipeline
) -> None:
    session = org.session()
    at_180 = org.image(session, angle_deg=180)
    at_90 = await pipeline.put(org, session, angle_deg=90)
    at_0 = org.image(session, angle_deg=0)
    listed = await _list(api, org, session)
    assert listed["pending_known"] is True
    assert [item["id"] for item in listed["items"]] == [str(at_0), str(at_90), str(at_180)]
    assert [item["status"] for item in listed["items"]] == ["processed", "pending", "processed"]
    assert listed["items"][1]["angle_deg"] == 90


async def test_stills_are_listed_by_time(api: Api, org: Org, pipeline: Pipeline) -> None:
    session = org.session(mode=CaptureMode.STILLS)
    first = org.image(session, angle_deg=None)
    second = org.image(session, angle_deg=None)
    third = await pipeline.put(org, session, angle_deg=None)
    items = (await _list(api, org, session))["items"]
    assert [item["id"] for item in items] == [str(first), str(second), str(third)]


async def test_a_row_wins_over_its_workflow(api: Api, org: Org, pipeline: Pipeline) -> None:
    session = org.session()
    upload = await pipeline.put(org, session)
    org.image(session, upload_id=upload)
    (item,) = (await _list(api, org, session))["items"]
    assert item["status"] == "processed"


async def test_a_parked_image_says_what_failed(api: Api, org: Org, pipeline: Pipeline) -> None:
    session = org.session()
    failure = Failure("thumbnails", "unknown", "A bug stopped this step.")
    image = await pipeline.put(org, session, status=ImageStatus.NEEDS_ATTENTION, failure=failure)
    (item,) = (await _list(api, org, session))["items"]
    assert item["status"] == "needs_attention"
    said = {"stage": failure.stage, "code": failure.code, "message": failure.message}
    assert item["failure"] == said
    shown = good(await api.call("GET", f"/images/{image}", of=org, role=Role.REVIEWER))
    assert shown["failure"] == said


async def test_another_tenants_workflow_in_my_session_is_not_shown(
    api: Api, org: Org, other: Org, pipeline: Pipeline
) -> None:
    session, foreign = org.session(), other.session()
    await pipeline.put(other, foreign)
    answer = await api.call("GET", "/images", of=org, session_id=foreign)
    problem(answer, 404, "session_not_found")
    assert (await _list(api, org, session))["items"] == []


async def test_without_temporal_the_finished_ones_still_come(
    api_without_temporal: Api, org: Org
) -> None:
    session = org.session()
    image = org.image(session)
    listed = await _list(api_without_temporal, org, session)
    assert listed["pending_known"] is False
    assert [item["id"] for item in listed["items"]] == [str(image)]


async def test_operators_list_what_they_may_see(api: Api, org: Org) -> None:
    visible = org.session()
    hidden = org.session(status="completed", opened_by=Role.ADMIN)
    assert (await _list(api, org, visible, Role.OPERATOR))["items"] == []
    answer = await api.call("GET", "/images", of=org, role=Role.OPERATOR, session_id=hidden)
    problem(answer, 404, "session_not_found")


async def test_one_finished_image(api: Api, org: Org) -> None:
    image = org.image(org.session())
    shown = good(await api.call("GET", f"/images/{image}", of=org, role=Role.REVIEWER))
    assert shown["id"] == str(image)
    assert shown["step"] is None


async def test_one_pending_image_says_which_step_it_is_in(
    api: Api, org: Org, pipeline: Pipeline
) -> None:
    image = await pipeline.put(org, org.session())
    # Workflows only: the first step is scheduled and waits for somebody who can do it.
    async with Worker(pipeline.client, task_queue=pipeline.queue, workflows=[ProcessImage]):

        async def in_a_step() -> bool:
            shown = good(await api.call("GET", f"/images/{image}", of=org, role=Role.REVIEWER))
            assert shown["status"] == "pending"
            return shown["step"] is not None

        await eventually(in_a_step)
        shown = good(await api.call("GET", f"/images/{image}", of=org, role=Role.REVIEWER))
    assert shown["step"] == {"stage": "download", "attempt": 1, "last_error": None}


async def test_images_that_are_not_there(api: Api, org: Org, other: Org) -> None:
    promised_only = org.upload(org.session(), arrived=False)
    foreign = other.image(other.session())
    elsewhere = org.image(org.session(org.elsewhere))
    for image in (promised_only, foreign, elsewhere, uuid4()):
        answer = await api.call("GET", f"/images/{image}", of=org, role=Role.REVIEWER)
        problem(answer, 404, "image_not_found")


async def test_a_pending_image_while_temporal_is_away(api_without_temporal: Api, org: Org) -> None:
    image = org.upload(org.session())
    answer = await api_without_temporal.call("GET", f"/images/{image}", of=org)
    problem(answer, 503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
