"""Poison on the bridge's queue: three receives, a reason in the log, and then the operators."""

import asyncio
import json
import os
import re
import subprocess

import pytest

from devstack.stack import Stack
from tests.e2e.parked import PROGRAM
from tests.waiting import eventually

POISON = {
    "not json at all": "not JSON",
    '{"Records": []}': "no Records in the message",
    '{"Records": [{"eventName": "ObjectCreated:Put"}]}': "not an S3 record",
}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def dlq(stack: Stack, *words: str) -> list[str]:
    done = subprocess.run(
        [PROGRAM, "ops", "dlq", *words],
        env={**os.environ, "IMAGING360_ENV_FILE": str(stack.run.data.root / "ops.env")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def refusals(stack: Stack, message: str) -> list[str]:
    """The bridge's lines about a message."""
    log = _COLOUR.sub("", stack.run.data.log("bridge").read_text())
    return [line for line in log.splitlines() if message in line]


@pytest.fixture
def poisoned(running_stack: Stack) -> dict[str, str]:
    """Message ids and what is wrong with each."""
    store = running_stack.s3.store
    sqs = store.account.sqs()
    return {
        sqs.send_message(QueueUrl=store.queue_url, MessageBody=body)["MessageId"]: reason
        for body, reason in POISON.items()
    }


async def test_poison_is_dead_after_three_receives_and_the_log_says_why(
    running_stack: Stack, poisoned: dict[str, str]
) -> None:
    def all_dead() -> bool:
        return {line.split()[0] for line in dlq(running_stack, "list")} >= set(poisoned)

    await eventually(all_dead, seconds=90)
    for message, reason in poisoned.items():
        lines = refusals(running_stack, message)
        assert re.findall(r"receives=(\d+)", "\n".join(lines)) == ["1", "2", "3"]
        assert all(reason in line for line in lines)
    one = next(iter(poisoned))
    body = json.loads("\n".join(await asyncio.to_thread(dlq, running_stack, "show", one)))["body"]
    await asyncio.to_thread(dlq, running_stack, "redrive", one)

    def is_back() -> bool:
        shown = [line for line in dlq(running_stack, "list") if line.endswith(body)]
        return len(shown) == 1 and not shown[0].startswith(one)

    await eventually(is_back, seconds=90)
    dropped = await asyncio.to_thread(
        dlq, running_stack, "drop", "--all", "--yes", "--reason", "a test"
    )
    assert len(dropped) == 1 + len(poisoned)
    assert all(json.loads(line)["dropped"] == "a test" for line in dropped[1:])
