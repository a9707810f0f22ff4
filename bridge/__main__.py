"""The bridge's door: settings -> queue and Temporal -> consumer, until SIGTERM."""

import asyncio
import signal

import structlog
import uvloop

from adapters import logs, temporal
from adapters.errors import AdapterError
from adapters.s3 import AwsAccess
from adapters.sqs import SqsQueue
from bridge.consumer import Consumer
from settings import BridgeSettings, load


async def run(settings: BridgeSettings) -> None:
    """Consume until SIGTERM or SIGINT, then drain."""
    aws = AwsAccess.of(settings, connections=settings.bridge_batches * 11)
    client = await temporal.connect(temporal.TemporalAccess.of(settings), lazy=True)
    consumer = Consumer(
        SqsQueue(aws.sqs(), settings.sqs_queue_url),
        temporal.WorkflowStarter(client),
        pollers=settings.bridge_batches,
        wait_seconds=settings.sqs_wait_seconds,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, consumer.stop)
    structlog.get_logger("bridge").info("ready", queue=settings.sqs_queue_url)
    await consumer.run()


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
