"""Parts stop and come back in the middle; nothing is lost and nothing happens twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devstack.stack import Stack
from tests.e2e.conftest import Listed, OpenWalk, spin
from tests.waiting import eventually


@pytest.fixture
async def stack(running_stack: Stack) -> AsyncIterator[Stack]:
    """The running stack; what a failed test left stopped is started again."""
    yield running_stack
    for part in {"worker", "bridge"} - set(running_stack.pids()):
        await asyncio.to_thread(running_stack.start_part, part)


@pytest.mark.parametrize("kill", [False, True], ids=["SIGTERM", "SIGKILL"])
async def test_a_worker_that_stops_in_flight_finishes_when_it_is_back(
    stack: Stack, open_walk: OpenWalk, tmp_path: Path, kill: bool
) -> None:
    shots = spin(tmp_path, 24, pixels=2000)
    walk = await open_walk(shots)
    await walk.send(*shots)

    async def some_are_done() -> bool:
        return any(image["status"] == "processed" for image in (await walk.listed()).values())

    await eventually(some_are_done)
    await asyncio.to_thread(stack.stop_part, "worker", kill=kill)
    left = [i for i in (await walk.listed()).values() if i["status"] == "pending"]
    assert left, "the worker was faster than the test: nothing was in flight"
    await asyncio.to_thread(stack.start_part, "worker")
    images = await walk.verdicts()
    assert set(images) == set(walk.sent)
    assert {image["status"] for image in images.values()} == {"processed"}


async def test_frames_are_listed_as_pending_while_no_worker_runs(
    stack: Stack, open_walk: OpenWalk, tmp_path: Path
) -> None:
    await asyncio.to_thread(stack.stop_part, "worker")
    shots = spin(tmp_path, 4)
    walk = await open_walk(shots)
    await walk.send(*shots)

    async def all_are_listed() -> bool:
        return set(await walk.listed()) == set(walk.sent)

    await eventually(all_are_listed)
    listed = (await walk.listed()).values()
    assert {image["status"] for image in listed} == {"pending"}
    assert [image["angle_deg"] for image in listed] == [0, 90, 180, 270]
    await asyncio.to_thread(stack.start_part, "worker")
    images = await walk.verdicts()
    assert {image["status"] for image in images.values()} == {"processed"}


@pytest.mark.parametrize("kill", [False, True], ids=["SIGTERM", "SIGKILL"])
async def test_what_arrives_while_no_bridge_runs_is_processed_when_it_is_back(
    stack: Stack, open_walk: OpenWalk, tmp_path: Path, kill: bool
) -> None:
    await asyncio.to_thread(stack.stop_part, "bridge", kill=kill)
    shots = spin(tmp_path, 4)
    walk = await open_walk(shots)
    await walk.send(*shots)
    assert await walk.listed() == {}
    await asyncio.to_thread(stack.start_part, "bridge")
    images = await walk.verdicts(seconds=120)
    assert {image["status"] for image in images.values()} == {"processed"}


async def test_a_redelivered_event_starts_nothing_new(
    stack: Stack, open_walk: OpenWalk, tmp_path: Path
) -> None:
    shots = spin(tmp_path, 2)
    walk = await open_walk(shots)
    await walk.send(shots[0])
    (before,) = (await walk.verdicts()).values()
    store = stack.s3.store
    key = f"org/{stack.seed.demo.org_id}/site/{stack.seed.demo.site_id}"
    key += f"/session/{walk.session_id}/{before['id']}.jpg"
    again = {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": key}}}]}
    sqs = store.account.sqs()
    for _ in range(3):
        sqs.send_message(QueueUrl=store.queue_url, MessageBody=json.dumps(again))
    await eventually(lambda: waiting(stack, store.queue_url) == 0)
    (after,) = (await walk.listed()).values()
    assert _lasting(after) == _lasting(before)


async def test_a_malformed_message_reaches_the_dead_letter_queue(stack: Stack) -> None:
    store = stack.s3.store
    body = '{"what": "is this?"}'
    store.account.sqs().send_message(QueueUrl=store.queue_url, MessageBody=body)
    await eventually(lambda: waiting(stack, store.dead_letter_url) == 1, seconds=60)
    (dead,) = store.account.sqs().receive_message(QueueUrl=store.dead_letter_url)["Messages"]
    assert dead["Body"] == body
    store.account.sqs().delete_message(
        QueueUrl=store.dead_letter_url, ReceiptHandle=dead["ReceiptHandle"]
    )


def waiting(stack: Stack, queue_url: str) -> int:
    """Messages on a queue, in hand or not."""
    answer = stack.s3.store.account.sqs().get_queue_attributes(
        QueueUrl=queue_url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(map(int, answer["Attributes"].values()))


def _lasting(image: Listed) -> Listed:
    """All but the URLs, which are signed anew for every answer."""
    return {k: v for k, v in image.items() if k not in {"thumb_urls", "original_url"}}
