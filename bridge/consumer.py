"""The loop: receive, start, and only then delete."""

import asyncio
import time
from collections.abc import Sequence

import structlog

from adapters.errors import AdapterError, TransientError
from adapters.metrics import BridgeMetrics
from adapters.ports import Message, Queue
from bridge.dispatch import Ignore, MalformedMessageError, decide
from bridge.origins import Starter
from schema.contracts import ImageRef, workflow_id

_log = structlog.get_logger("bridge")
_BATCH = 10
_PAUSE_SECONDS = 1.0
_MAX_PAUSE_SECONDS = 30.0
_IN_HAND_SECONDS = 60  # longer than the longest pause

Log = structlog.stdlib.BoundLogger


class Consumer:
    """Handles messages until `stop`; then finishes those in hand."""

    def __init__(
        self,
        queue: Queue,
        starter: Starter,
        metrics: BridgeMetrics,
        *,
        pollers: int,
        wait_seconds: int = 20,
    ) -> None:
        self._queue = queue
        self._starter = starter
        self._metrics = metrics
        self._pollers = pollers
        self._wait_seconds = wait_seconds
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Receive no more; `run` returns when the messages in hand are handled."""
        self._stopping.set()

    async def run(self) -> None:
        """Poll with several receivers at once, so that a slow batch holds nobody up."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._pollers):
                group.create_task(self._poll())

    async def _poll(self) -> None:
        pause = _PAUSE_SECONDS
        while not self._stopping.is_set():
            try:
                messages = await self._receive()
                pause = _PAUSE_SECONDS
            except AdapterError as error:
                _log.warning("cannot receive; trying again", error=str(error), seconds=pause)
                await self._rest(pause)
                pause = min(pause * 2, _MAX_PAUSE_SECONDS)
                continue
            # A task each, so that what one binds for its log lines stays its own.
            await asyncio.gather(*(self._handle(message) for message in messages))

    async def _receive(self) -> Sequence[Message]:
        messages = await asyncio.to_thread(self._queue.receive, _BATCH, self._wait_seconds)
        self._metrics.received.inc(len(messages))
        now = time.time()
        ages = [now - message.sent_at for message in messages if message.sent_at is not None]
        self._metrics.oldest_seen.set(max(ages, default=0.0))
        for age in ages:
            self._metrics.queue_seconds.observe(age)
        return messages

    async def _handle(self, message: Message) -> None:
        """Start what the message asks for; delete it only after every start is acknowledged."""
        log = _log.bind(message_id=message.message_id, receives=message.receives)
        try:
            for decision in decide(message.body):
                if isinstance(decision, Ignore):
                    self._metrics.ignored.inc()
                    log.debug("ignored", reason=decision.reason)
                else:
                    await self._start(decision.image, message, log)
            await asyncio.to_thread(self._queue.delete, message)
        except MalformedMessageError as error:
            self._metrics.malformed.inc()
            log.error("malformed message, for the DLQ", reason=str(error), body=message.body)
            await self._give_back(message)
        except AdapterError as error:
            self._metrics.returned.inc()
            log.warning("not handled; it will come again", error=str(error))
        except Exception:
            self._metrics.returned.inc()
            log.exception("unexpected; the message will come again", body=message.body)

    async def _start(self, image: ImageRef, message: Message, log: Log) -> None:
        """Start the workflow, waiting for Temporal while it is away.

        The message stays in hand meanwhile: giving it back would use up its receives and send
        good messages to the DLQ.
        """
        structlog.contextvars.bind_contextvars(
            org_id=image.org_id,
            session_id=image.session_id,
            image_id=image.upload_id,
            workflow_id=workflow_id(image.upload_id),
        )
        pause = _PAUSE_SECONDS
        while True:
            try:
                with self._metrics.start_seconds.time():
                    started = await self._starter.start(image, {"storage_key": image.storage_key})
                self._metrics.uploads.labels("started" if started else "known").inc()
                log.info("started" if started else "started before")
                return
            except TransientError as error:
                if self._stopping.is_set():
                    raise
                log.warning("cannot start; trying again", error=str(error), seconds=pause)
            await asyncio.to_thread(self._queue.hide, message, _IN_HAND_SECONDS)
            await self._rest(pause)
            pause = min(pause * 2, _MAX_PAUSE_SECONDS)

    async def _give_back(self, message: Message) -> None:
        """Have it received again at once: nothing is gained by waiting for its next refusal."""
        try:
            await asyncio.to_thread(self._queue.hide, message, 0)
        except AdapterError as error:
            _log.warning("cannot give back; it will come again by itself", error=str(error))

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
