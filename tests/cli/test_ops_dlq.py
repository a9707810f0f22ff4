"""The dead-letter queue from a terminal, on a real queue with the operators' own rights."""

import json
import os
import subprocess
from uuid import uuid4

import pytest

from devstack.aws import ObjectStore
from devstack.paths import REPOSITORY
from tests.waiting import eventually

PROGRAM = REPOSITORY / ".venv" / "bin" / "imaging360"


class Desk:
    """Runs `imaging360 ops dlq` and looks at the two queues as the administrator."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._sqs = store.account.sqs()
        keys = store.keys["operator"]
        self.environment = {
            **os.environ,
            "IMAGING360_AWS_ENDPOINT_URL": store.account.endpoint,
            "IMAGING360_AWS_REGION": store.account.region,
            "IMAGING360_AWS_ACCESS_KEY_ID": keys.access_key_id,
            "IMAGING360_AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "IMAGING360_SQS_QUEUE_URL": store.queue_url,
            "IMAGING360_SQS_DEAD_LETTER_URL": store.dead_letter_url,
        }

    def run(self, *words: str, code: int = 0) -> list[str]:
        done = subprocess.run(
            [PROGRAM, "ops", "dlq", *words],
            env=self.environment, cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return (done.stderr if code else done.stdout).splitlines()

    def die(self, *bodies: str) -> list[str]:
        """Put dead messages there; their ids."""
        url = self._store.dead_letter_url
        return [self._sqs.send_message(QueueUrl=url, MessageBody=b)["MessageId"] for b in bodies]

    def ids(self) -> set[str]:
        """What a look at the queue shows."""
        return {line.split()[0] for line in self.run("list", "--limit", "1000")[:-1]}

    def sent_back(self) -> list[str]:
        """The bodies on the bridge's queue, taken off it."""
        url, bodies = self._store.queue_url, list[str]()
        while got := self._sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0).get("Messages"):
            for message in got:
                bodies.append(message["Body"])
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies


@pytest.fixture
def desk(object_store: ObjectStore) -> Desk:
    sqs = object_store.account.sqs()
    for url in (object_store.queue_url, object_store.dead_letter_url):
        sqs.purge_queue(QueueUrl=url)
    return Desk(object_store)


def test_looking_takes_nothing_away(desk: Desk) -> None:
    ids = desk.die(*(json.dumps({"number": number}) for number in range(25)))
    for _ in range(3):
        assert desk.ids() == set(ids)
    shown = json.loads("\n".join(desk.run("show", ids[7])))
    assert shown["body"] == {"number": 7}
    assert shown["message_id"] == ids[7]
    assert desk.ids() == set(ids)
    assert desk.run("list", "--limit", "5")[-1] == "5 shown"
    assert desk.sent_back() == []


def test_one_goes_back_and_the_others_stay(desk: Desk) -> None:
    first, second, third = desk.die("first", "not json", "third")
    assert desk.run("redrive", second) == [f"{second}  redriven"]
    assert desk.sent_back() == ["not json"]
    assert desk.ids() == {first, third}
    (refusal,) = desk.run("redrive", second, code=1)
    assert "message_not_found" in refusal


def test_all_go_back_after_a_question(desk: Desk) -> None:
    ids = desk.die("a", "b", "c")
    assert desk.run("redrive", "--all", "--dry-run") == ["3 dead messages"]
    desk.run("redrive", "--all", code=1)  # nobody there to say yes
    assert desk.ids() == set(ids)
    assert len(desk.run("redrive", "--all", "--yes", "--rate", "100")) == 4
    assert sorted(desk.sent_back()) == ["a", "b", "c"]
    assert desk.run("list") == ["the dead-letter queue is empty"]


def test_what_is_dropped_is_printed_with_the_reason(desk: Desk) -> None:
    (message, other) = desk.die('{"poison": 1}', "other")
    desk.run("drop", message, code=2)
    (line,) = desk.run("drop", message, "--reason", "a test of somebody's")
    kept = json.loads(line)
    assert kept["dropped"] == "a test of somebody's"
    assert kept["body"] == {"poison": 1}
    assert desk.ids() == {other}
    assert desk.sent_back() == []


async def test_a_redrive_that_is_killed_loses_nothing(desk: Desk) -> None:
    bodies = {f"message {uuid4()}" for _ in range(20)}
    desk.die(*bodies)
    killed_after_its_seventh(desk)
    back = desk.sent_back()
    assert 7 <= len(back) < 20, "killed in the middle"

    def all_are_back() -> bool:
        # The one that was in hand comes back to the dead-letter queue when its time is over.
        desk.run("redrive", "--all", "--yes", "--rate", "100")
        back.extend(desk.sent_back())
        return set(back) == bodies

    await eventually(all_are_back, seconds=90)


def killed_after_its_seventh(desk: Desk) -> None:
    with subprocess.Popen(
        [PROGRAM, "ops", "dlq", "redrive", "--all", "--yes", "--rate", "50"],
        env={**desk.environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for _ in range(8):  # the count comes first
            process.stdout.readline()
        process.kill()


def test_without_settings_or_rights_one_line_says_so(desk: Desk) -> None:
    desk.environment["IMAGING360_AWS_SECRET_ACCESS_KEY"] = "wrong"
    (line,) = desk.run("list", code=1)
    assert "queue_unavailable" in line
    del desk.environment["IMAGING360_SQS_DEAD_LETTER_URL"]
    (line,) = desk.run("list", code=1)
    assert "IMAGING360_SQS_DEAD_LETTER_URL" in line
