"""Delete only after the start is acknowledged; leave the rest for redelivery."""

import asyncio
from collections.abc import Callable

from adapters.errors import TransientError
from adapters.memory import MemoryQueue
from adapters.metrics import BridgeMetrics
from bridge.consumer import Consumer
from schema.contracts import ImageRef
from tests.bridge.s3_events import a_key, body, record
from tests.waiting import eventually


class Temporal:
    """Remembers starts as Temporal does: by id. Can be away for a number of calls."""

    def __init__(self, away_for: int = 0) -> None:
        self.started: dict[str, ImageRef] = {}
        self.memos: list[dict[str, object]] = []
        self.calls = 0
        self._away_for = away_for

    async def start(self, image: ImageRef, memo: dict[str, object]) -> bool:
        self.calls += 1
        self.memos.append(memo)
        if self.calls <= self._away_for:
            raise TransientError("away")
        return self.started.setdefault(image.upload_id, image) is image


async def consume(
    queue: MemoryQueue,
    temporal: Temporal,
    until: Callable[[], bool],
    metrics: BridgeMetrics | None = None,
) -> None:
    figures = metrics or BridgeMetrics()
    consumer = Consumer(queue, temporal, figures, pollers=2, wait_seconds=0)
    running = asyncio.create_task(consumer.run())
    await eventually(until)
    consumer.stop()
    await running


async def test_each_object_is_started_and_its_message_deleted() -> None:
    queue, temporal = MemoryQueue(), Temporal()
    keys = [a_key() for _ in range(25)]
    for key in keys:
        queue.send(body(record(str(key))))
    await consume(queue, temporal, until=queue.is_empty)
    assert set(temporal.started) == {str(key.upload_id) for key in keys}
    assert queue.dead == []


async def test_redelivery_is_harmless() -> None:
    queue, temporal, key = MemoryQueue(), Temporal(), a_key()
    for _ in range(3):
        queue.send(body(record(str(key))))
    await consume(queue, temporal, until=queue.is_empty)
    assert temporal.calls == 3
    assert list(temporal.started) == [str(key.upload_id)]


async def test_a_malformed_message_is_dead_after_three_receives_and_holds_nobody_up() -> None:
    queue, temporal, key = MemoryQueue(), Temporal(), a_key()
    queue.send("not json")
    queue.send(body(record(str(key))))
    await consume(queue, temporal, until=queue.is_empty)
    assert queue.dead == ["not json"]
    assert list(temporal.started) == [str(key.upload_id)]


async def test_a_message_with_one_bad_record_starts_nothing() -> None:
    queue, temporal = MemoryQueue(), Temporal()
    queue.send(body(record(str(a_key())), record("nobody.jpg")))
    await consume(queue, temporal, until=queue.is_empty)
    assert len(queue.dead) == 1
    assert temporal.started == {}


async def test_while_temporal_is_away_a_good_message_uses_up_no_receives() -> None:
    queue, temporal, key = MemoryQueue(max_receives=1), Temporal(away_for=2), a_key()
    queue.send(body(record(str(key))))
    await consume(queue, temporal, until=queue.is_empty)
    assert list(temporal.started) == [str(key.upload_id)]
    assert queue.dead == []


async def test_a_stop_while_temporal_is_away_leaves_the_message() -> None:
    queue, temporal = MemoryQueue(), Temporal(away_for=10**9)
    queue.send(body(record(str(a_key()))))
    await consume(queue, temporal, until=lambda: temporal.calls > 0)
    assert not queue.is_empty()
    assert queue.dead == []
