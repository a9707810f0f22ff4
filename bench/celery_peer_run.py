"""Runs the Celery pipeline over objects that are in S3: Redis, one worker, a task a step."""

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
from celery import Celery, chain  # type: ignore[import-untyped]

from bench.celery_peer import STEPS, TABLE
from bench.e2e_world import settled, tree_seconds
from devstack import aws
from devstack.part import plain_environment
from devstack.postgres import DATABASE
from devstack.process import Process
from devstack.stack import Stack

_KEYS = "SELECT storage_key FROM images WHERE org_id = %s ORDER BY storage_key"
_DONE = "SELECT count(*), max(created_at) FROM peer_images"
_LOOK_EVERY = 0.2


@dataclass(frozen=True)
class Peer:
    """What came of it; `cpu_ms` an image, of Celery, Redis, PostgreSQL and S3."""

    images: int
    per_second: float
    cpu_ms: float


def measure(stack: Stack, root: Path, org_id: UUID, patience: float) -> Peer | None:
    """The organization's originals once more; None without a Redis to do it with."""
    redis = shutil.which("redis-server")
    if redis is None:
        print("no redis-server here: the comparison with Celery is skipped")
        return None
    with psycopg.connect(stack.postgres.admin_url(DATABASE), autocommit=True) as database:
        keys = [key for (key,) in database.execute(_KEYS, (org_id,))]
        database.execute(TABLE)
        with _pipeline(stack, root, redis) as (broker, pids):
            return _run(database, keys, broker, pids, patience)


def _run(
    database: "psycopg.Connection[tuple[object, ...]]",
    keys: Sequence[str],
    broker: str,
    pids: Sequence[int],
    patience: float,
) -> Peer:
    deadline = time.monotonic() + patience
    before, began = sum(map(tree_seconds, pids)), datetime.now(UTC)
    _enqueue(broker, keys)
    done, last = _done(database)
    while done < len(keys) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)
        done, last = _done(database)
    spent = sum(map(tree_seconds, pids)) - before
    return Peer(done, done / (last - began).total_seconds(), spent * 1000 / max(done, 1))


def _done(database: "psycopg.Connection[tuple[object, ...]]") -> tuple[int, datetime]:
    (row,) = database.execute(_DONE)
    count, last = row
    assert isinstance(count, int), "it counts"
    return count, last if isinstance(last, datetime) else datetime.now(UTC)


def _enqueue(broker: str, keys: Sequence[str]) -> None:
    with Celery("feeder", broker=broker) as app:
        for key in keys:
            first, *others = (app.signature(name) for name in STEPS)
            chain(first.clone(args=({"key": key},)), *others).apply_async()


@contextmanager
def _pipeline(stack: Stack, root: Path, redis: str) -> Iterator[tuple[str, list[int]]]:
    """Redis and a worker with a process a core; the broker's address, and whose CPU counts."""
    port = stack.run.ports.take("redis")
    broker = f"redis://127.0.0.1:{port}/0"
    with ExitStack() as running:
        server = [redis, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        pids = [_start(running, stack, "redis", [*server, str(root)], {}, "Ready")]
        worker = [sys.executable, "-m", "celery", "-A", "bench.celery_peer", "worker"]
        worker += ["--concurrency", str(os.cpu_count() or 1), "--loglevel", "INFO"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        environment = _environment(stack, root, broker)
        pids.append(_start(running, stack, "celery", worker, environment, " ready."))
        yield broker, [*pids, *(stack.pids()[name] for name in ("postgres", "s3"))]


def _start(
    running: ExitStack, stack: Stack, name: str, argv: list[str], env: dict[str, str], word: str
) -> int:
    """Start a program that is stopped at the end; its process id."""
    data = stack.run.data
    process = Process(name, argv, {**plain_environment(data), **env}, data.log(name))
    process.start()
    running.callback(process.stop)
    settled(process, word)
    assert process.pid is not None, "it was started"
    return process.pid


def _environment(stack: Stack, root: Path, broker: str) -> dict[str, str]:
    folder = root / "peer"
    folder.mkdir()
    return {
        "PEER_BROKER": broker,
        "PEER_DATABASE": stack.postgres.admin_url(DATABASE),
        "PEER_FOLDER": str(folder),
        "PEER_BUCKET": stack.s3.store.bucket,
        "PEER_ENDPOINT": stack.s3.endpoint,
        "AWS_ACCESS_KEY_ID": stack.s3.account.root.access_key_id,
        "AWS_SECRET_ACCESS_KEY": stack.s3.account.root.secret_access_key,
        "AWS_DEFAULT_REGION": aws.REGION,
    }
