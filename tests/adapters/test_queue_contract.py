"""One suite for the real queue and the in-memory one."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from adapters.memory import MemoryQueue
from adapters.ports import Message, Queue
from adapters.s3 import AwsAccess
from adapters.sqs import SqsQueue
from devstack.aws import ObjectStore as Bootstrapped


class Memory:
    def __init__(self) -> None:
        self.queue = MemoryQueue()

    def send(self, body: str) -> None:
        self.queue.send(body)


class Sqs:
    def __init__(self, bootstrapped: Bootstrapped) -> None:
        account, keys = bootstrapped.account, bootstrapped.keys["bridge"]
        aws = AwsAccess(
            region=account.region,
            endpoint_url=account.endpoint,
            access_key_id=keys.access_key_id,
            secret_access_key=keys.secret_access_key,
        )
        self.queue = SqsQueue(aws.sqs(), bootstrapped.queue_url)
        self._admin, self._url = account.sqs(), bootstrapped.queue_url

    def send(self, body: str) -> None:
        self._admin.send_message(QueueUrl=self._url, MessageBody=body)


Both = Memory | Sqs


@pytest.fixture(params=["memory", "sqs"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    made: Both = Memory()
    if request.param == "sqs":
        made = Sqs(request.getfixturevalue("object_store"))
    empty(made.queue)  # S3 announces a new notification with a test event
    yield made
    empty(made.queue)


def empty(queue: Queue) -> None:
    while messages := queue.receive(10, 0):
        for message in messages:
            queue.delete(message)


def take(queue: Queue, count: int) -> list[Message]:
    """Receive until `count` messages are in hand; a short poll may give fewer than there are."""
    taken: list[Message] = []
    for _ in range(20):
        taken += queue.receive(10, 0)
        if len(taken) >= count:
            break
    return taken


def test_messages_come_as_they_were_sent(both: Both) -> None:
    bodies = {f"message {uuid4()}" for _ in range(12)}
    for body in bodies:
        both.send(body)
    taken = take(both.queue, 12)
    assert {message.body for message in taken} == bodies
    assert {message.receives for message in taken} == {1}


def test_at_most_the_limit_is_received(both: Both) -> None:
    for _ in range(5):
        both.send("x")
    assert len(both.queue.receive(2, 0)) <= 2


def test_a_message_in_hand_is_nobody_elses(both: Both) -> None:
    both.send("x")
    (message,) = take(both.queue, 1)
    assert not both.queue.receive(10, 0)
    both.queue.delete(message)


def test_a_message_given_back_comes_again_and_is_counted(both: Both) -> None:
    both.send("x")
    (message,) = take(both.queue, 1)
    both.queue.hide(message, 0)
    (again,) = take(both.queue, 1)
    assert (again.body, again.receives) == ("x", 2)


def test_a_deleted_message_never_comes_again(both: Both) -> None:
    both.send("x")
    (message,) = take(both.queue, 1)
    both.queue.delete(message)
    assert not both.queue.receive(10, 0)


def test_after_three_receives_a_message_is_dead(both: Both) -> None:
    both.send("x")
    for _ in range(3):
        (message,) = take(both.queue, 1)
        both.queue.hide(message, 0)
    assert not both.queue.receive(10, 0)
