"""What the bridge counts and reads, and what it does without knowing an upload's origin."""

import math
import threading
from dataclasses import replace
from uuid import uuid4

import pytest
from temporalio.client import Client

from adapters import temporal
from adapters.backlog import Backlog
from adapters.errors import AccessRefusedError, AdapterError
from adapters.memory import MemoryQueue
from adapters.metrics import BridgeMetrics
from adapters.s3 import AwsAccess
from adapters.tracing import OFF
from bridge.origins import TracedStarter
from devstack.aws import ObjectStore
from devstack.testing.servers import TemporalServer
from schema.contracts import ImageRef
from schema.enums import ImageStatus
from tests.bridge.s3_events import a_key, body, record
from tests.bridge.test_consumer import Temporal, consume
from tests.waiting import eventually


async def test_messages_are_counted_by_what_became_of_them() -> None:
    queue, starter, metrics, key = MemoryQueue(), Temporal(), BridgeMetrics(), a_key()
    for text in (
        body(record(str(key))),
        body(record(str(key))),
        body(record(key.thumbnail(150))),
        "not json",
    ):
        queue.send(text)
    await consume(queue, starter, until=queue.is_empty, metrics=metrics)
    read = metrics.registry.get_sample_value
    assert read("imaging360_bridge_messages_received_total") == 3 + queue.max_receives
    assert read("imaging360_bridge_uploads_total", {"result": "started"}) == 1
    assert read("imaging360_bridge_uploads_total", {"result": "known"}) == 1
    assert read("imaging360_bridge_records_ignored_total") == 1
    assert read("imaging360_bridge_messages_malformed_total") == queue.max_receives
    assert read("imaging360_bridge_start_duration_seconds_count") == 2


@pytest.fixture
async def client(temporal_server: TemporalServer) -> Client:
    return await temporal.connect(temporal.TemporalAccess(temporal_server.address, "default"))


async def test_the_backlog_is_read_with_the_bridges_own_rights(
    object_store: ObjectStore, client: Client
) -> None:
    metrics = BridgeMetrics()
    admin = object_store.account.sqs()
    for url, count in ((object_store.queue_url, 3), (object_store.dead_letter_url, 2)):
        admin.purge_queue(QueueUrl=url)
        for _ in range(count):
            admin.send_message(QueueUrl=url, MessageBody="{}")
    image = ImageRef(str(uuid4()), str(uuid4()), str(uuid4()), str(uuid4()), "key.jpg")
    parked = temporal.search_attributes(image, ImageStatus.NEEDS_ATTENTION)
    handle = await client.start_workflow(
        "ProcessImage", image, id=str(uuid4()), task_queue="nobody", search_attributes=parked
    )
    sqs = object_store.account.sqs(object_store.keys["bridge"])
    backlog = Backlog(sqs, object_store.queue_url, client, metrics)
    read = metrics.registry.get_sample_value

    async def is_seen() -> bool:
        await backlog.look()
        return (read("imaging360_images_in_progress", {"status": "needs_attention"}) or 0) >= 1

    await eventually(is_seen)
    await handle.terminate()
    for queue, count in (("uploads", 3), ("dead_letters", 2)):
        labels = {"queue": queue, "state": "visible"}
        assert read("imaging360_queue_messages", labels) == count


async def test_what_cannot_be_read_is_not_a_number(client: Client) -> None:
    metrics = BridgeMetrics()
    nobody = AwsAccess(
        region="eu-central-1",
        endpoint_url="http://127.0.0.1:9",
        access_key_id="nobody",
        secret_access_key="secret",
    )
    metrics.queue.labels("uploads", "visible").set(7)
    await Backlog(nobody.sqs(), "http://127.0.0.1:9/queue", client, metrics).look()
    read = metrics.registry.get_sample_value
    depth = read("imaging360_queue_messages", {"queue": "uploads", "state": "visible"})
    assert depth is not None
    assert math.isnan(depth)
    assert read("imaging360_images_in_progress", {"status": "pending"}) is not None


IMAGE = ImageRef("u", "o", "s", "n", "key.jpg", "2026-11-20T10:00:00.000Z")


async def test_an_upload_is_started_with_the_id_of_its_request() -> None:
    starter = Temporal()
    traced = TracedStarter(starter, lambda key: {"request": f"of-{key}"}, OFF)
    assert await traced.start(IMAGE, {"storage_key": "key.jpg"})
    assert starter.started == {"u": replace(IMAGE, request_id="of-key.jpg")}
    assert starter.memos == [{"storage_key": "key.jpg", "request_id": "of-key.jpg"}]


@pytest.mark.parametrize("error", [AccessRefusedError("no"), AdapterError("gone")])
async def test_an_upload_of_unknown_origin_is_started_all_the_same(error: AdapterError) -> None:
    def tags(key: str) -> dict[str, str]:
        raise error

    starter = Temporal()
    assert await TracedStarter(starter, tags, OFF).start(IMAGE, {})
    assert starter.started == {"u": IMAGE}


async def test_a_slow_store_holds_no_upload_up() -> None:
    answered = threading.Event()

    def tags(key: str) -> dict[str, str]:
        answered.wait(60)
        return {}

    starter = Temporal()
    assert await TracedStarter(starter, tags, OFF, patience=0.01).start(IMAGE, {})
    answered.set()
    assert starter.started == {"u": IMAGE}


async def test_foreign_tags_are_not_believed() -> None:
    starter = Temporal()
    traced = TracedStarter(starter, lambda key: {"request": "a\nb" * 100}, OFF)
    await traced.start(IMAGE, {})
    assert starter.started == {"u": IMAGE}
