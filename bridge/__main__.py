"""The bridge's door: settings -> queue and Temporal -> consumer, until SIGTERM."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import structlog
import uvloop
from temporalio.client import Client

from adapters import logs, temporal, tracing
from adapters.backlog import Backlog
from adapters.errors import AdapterError
from adapters.metrics import BridgeMetrics, served
from adapters.s3 import AwsAccess, S3ObjectStore
from adapters.sqs import SqsQueue
from bridge.consumer import Consumer
from bridge.origins import TracedStarter
from settings import BridgeSettings, load


async def run(settings: BridgeSettings) -> None:
    """Consume until SIGTERM or SIGINT, then drain."""
    traces = tracing.configure("bridge", settings.otlp_endpoint, settings.trace_ratio)
    metrics = BridgeMetrics()
    with closing(traces), served(metrics.registry, settings.metrics_host, settings.metrics_port):
        client = await temporal.connect(
            temporal.TemporalAccess.of(settings), lazy=True, interceptors=traces.interceptors()
        )
        aws = AwsAccess.of(settings, connections=settings.bridge_batches * 11)
        consumer = _consumer(settings, aws, client, metrics, traces)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, consumer.stop)
        structlog.get_logger("bridge").info("ready", queue=settings.sqs_queue_url)
        async with _watched(settings, aws, client, metrics):
            await consumer.run()


def _consumer(
    settings: BridgeSettings,
    aws: AwsAccess,
    client: Client,
    metrics: BridgeMetrics,
    traces: tracing.Tracing,
) -> Consumer:
    store = S3ObjectStore(aws, settings.s3_bucket)
    return Consumer(
        SqsQueue(aws.sqs(), settings.sqs_queue_url),
        TracedStarter(temporal.WorkflowStarter(client), store.tags, traces),
        metrics,
        pollers=settings.bridge_batches,
        wait_seconds=settings.sqs_wait_seconds,
    )


@asynccontextmanager
async def _watched(
    settings: BridgeSettings, aws: AwsAccess, client: Client, metrics: BridgeMetrics
) -> AsyncIterator[None]:
    """Keep the figures of the backlog up to date, if anybody can read them."""
    if settings.metrics_port is None:
        yield
        return
    backlog = Backlog(aws.sqs(), settings.sqs_queue_url, client, metrics)
    task = asyncio.create_task(backlog.watch())
    try:
        yield
    finally:
        task.cancel()


def main() -> None:
    """Run the bridge."""
    settings = load(BridgeSettings)
    logs.configure(settings.log_level, settings.log_format)
    try:
        uvloop.run(run(settings))
    except AdapterError as error:
        raise SystemExit(f"bridge: {error}") from error


if __name__ == "__main__":
    main()
