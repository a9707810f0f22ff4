"""Events and objects get lost behind everybody's back; the promise ledger finds them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from devstack.stack import Stack
from tests.e2e.conftest import OpenWalk, spin
from tests.waiting import eventually


@pytest.fixture
async def deaf_stack(running_stack: Stack) -> AsyncIterator[Stack]:
    """The running stack without its bridge, which comes back at the end."""
    await asyncio.to_thread(running_stack.stop_part, "bridge")
    yield running_stack
    if "bridge" not in running_stack.pids():
        await asyncio.to_thread(running_stack.start_part, "bridge")


async def test_lost_events_are_made_up_for(
    deaf_stack: Stack, open_walk: OpenWalk, tmp_path: Path
) -> None:
    shots = spin(tmp_path, 4)
    walk = await open_walk(shots)
    await walk.send(*shots)
    assert _lose_messages(deaf_stack) >= len(shots)
    await asyncio.to_thread(deaf_stack.start_part, "bridge")
    images = await walk.verdicts(seconds=150)
    assert set(images) == set(walk.sent)
    assert {image["status"] for image in images.values()} == {"processed"}


async def test_a_thumbnail_that_vanished_is_made_again(
    running_stack: Stack, open_walk: OpenWalk, tmp_path: Path
) -> None:
    shots = spin(tmp_path, 2)
    walk = await open_walk(shots)
    await walk.send(*shots)
    image = next(iter((await walk.verdicts()).values()))
    store, key = running_stack.s3.store, image["thumb_keys"]["600"]
    s3 = store.account.s3()
    before = s3.get_object(Bucket=store.bucket, Key=key)["Body"].read()
    s3.delete_object(Bucket=store.bucket, Key=key)

    def is_back() -> bool:
        try:
            return s3.get_object(Bucket=store.bucket, Key=key)["Body"].read() == before
        except ClientError:
            return False

    await eventually(is_back, seconds=150)


def _lose_messages(stack: Stack) -> int:
    """As when the emulator is killed: what waits on the queue is gone. How many messages."""
    store = stack.s3.store
    sqs, lost = store.account.sqs(), 0
    while messages := sqs.receive_message(
        QueueUrl=store.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
    ).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=store.queue_url, ReceiptHandle=message["ReceiptHandle"])
        lost += len(messages)
    return lost
