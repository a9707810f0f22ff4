"""Stopping and starting again loses nothing: a row, an object, a message, a workflow, the keys."""

import json
from pathlib import Path

import psycopg
import pytest
from temporalio.client import Client

from devstack.aws import ObjectStore
from devstack.registry import SERVERS
from devstack.stack import Stack

_BUCKET = "imaging360"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def _write(stack: Stack) -> None:
    with psycopg.connect(stack.postgres.admin_url("imaging360")) as connection:
        connection.execute("create table kept as select 7 as n")
    worker = stack.s3.account.s3(stack.s3.store.keys["worker"])
    worker.put_object(Bucket=_BUCKET, Key="org/a/kept.jpg", Body=b"kept")
    client = await Client.connect(stack.temporal.address)
    await client.start_workflow("Kept", id="kept", task_queue="nobody-listens")


async def _assert_kept(stack: Stack) -> None:
    with psycopg.connect(stack.postgres.admin_url("imaging360")) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)
    worker = stack.s3.account.s3(stack.s3.store.keys["worker"])
    assert worker.get_object(Bucket=_BUCKET, Key="org/a/kept.jpg")["Body"].read() == b"kept"
    client = await Client.connect(stack.temporal.address)
    assert (await client.get_workflow_handle("kept").describe()).id == "kept"


def _next_upload(store: ObjectStore) -> str:
    """The key in the first message that is no test event."""
    sqs = store.account.sqs(store.keys["bridge"])
    while True:
        got = sqs.receive_message(QueueUrl=store.queue_url, WaitTimeSeconds=5)
        body = json.loads(got["Messages"][0]["Body"])
        if "Records" in body:
            return str(body["Records"][0]["s3"]["object"]["key"])


async def test_a_clean_stop_loses_nothing(data_dir: Path) -> None:
    with Stack(data_dir, parts=SERVERS) as stack:
        await _write(stack)
        before = stack.settings("worker")
    with Stack(data_dir, parts=SERVERS) as stack:
        await _assert_kept(stack)
        assert stack.settings("worker") == before
        assert "org/a/kept.jpg" in _next_upload(stack.s3.store)


async def test_killing_the_servers_loses_no_row_no_object_no_workflow(data_dir: Path) -> None:
    stack = Stack(data_dir, parts=SERVERS)
    stack.start()
    try:
        await _write(stack)
    finally:
        stack.stop(kill=True)
    with Stack(data_dir, parts=SERVERS) as again:
        await _assert_kept(again)


def test_a_new_port_for_the_store_takes_the_queue_along(data_dir: Path) -> None:
    with Stack(data_dir, parts={"s3"}) as stack:
        first = stack.s3.endpoint
    (data_dir / "ports.json").unlink()
    with Stack(data_dir, parts={"s3"}) as stack:
        assert stack.s3.endpoint != first
        assert stack.s3.store.queue_url.startswith(stack.s3.endpoint)
        stack.s3.account.s3().put_object(Bucket=_BUCKET, Key="org/a/b.heic", Body=b"x")
        assert "org/a/b.heic" in _next_upload(stack.s3.store)
