"""The port where figures are read, and the figures that are read elsewhere."""

import asyncio
import socket
import subprocess
import sys

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from adapters.errors import AdapterError
from adapters.metrics import ApiMetrics, sdk_runtime, served
from adapters.postgres import AsyncDatabase
from adapters.tracing import OFF, configure
from devstack.testing.databases import Database
from tests.waiting import eventually


@pytest.fixture
def port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_figures_are_read_on_a_port_of_their_own_until_the_end(port: int) -> None:
    registry = CollectorRegistry()
    Counter("photos", "Photos.", registry=registry).inc()
    with served(registry, "127.0.0.1", port):
        assert "photos_total 1.0" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")


def test_a_port_that_is_taken_ends_the_door_with_a_reason() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        taken = holder.getsockname()[1]
        with (
            pytest.raises(AdapterError, match=str(taken)),
            served(CollectorRegistry(), "127.0.0.1", taken),
        ):
            pass
        with pytest.raises(AdapterError, match=str(taken)):
            sdk_runtime("127.0.0.1", taken)


async def test_the_pool_tells_who_has_a_connection_and_who_waits(database: Database) -> None:
    pooled = AsyncDatabase(database.api, pool_size=2)
    metrics = ApiMetrics()
    metrics.watch_pool(lambda: pooled.pool)

    def state() -> dict[str, float]:
        names = ("size", "in_use", "waiting")
        read = metrics.registry.get_sample_value
        return {name: read(f"imaging360_db_pool_{name}") or 0 for name in names}

    release = asyncio.Event()

    async def busy() -> None:
        async with pooled.transaction(None) as session:
            await session.connection()
            await release.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(busy())
        await eventually(lambda: state() == {"size": 2, "in_use": 2, "waiting": 3})
        release.set()
    assert state() == {"size": 2, "in_use": 0, "waiting": 0}
    await pooled.close()


@pytest.mark.parametrize(
    ("doors", "unwanted"),
    [
        ("bridge.__main__, worker", "opentelemetry"),
        # The framework loads OpenTelemetry's interface by itself, but sends nothing.
        ("api.main", "opentelemetry.exporter"),
    ],
)
def test_without_a_collector_nothing_of_opentelemetry_is_loaded(doors: str, unwanted: str) -> None:
    assert configure("api", None, 1.0) is OFF
    program = f"import {doors}, sys; print([m for m in sys.modules if m.startswith('{unwanted}')])"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
