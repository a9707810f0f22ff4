"""From which request an upload comes: the workflow goes on with its id and its trace."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from adapters.errors import AdapterError
from adapters.tracing import Tracing
from schema.contracts import ImageRef, workflow_id
from schema.origin import Origin

_log = structlog.get_logger("bridge")
_PATIENCE_SECONDS = 2.0
_AT_ONCE = 10


class Starter(Protocol):
    """Starts the image's workflow; False when it was started before."""

    async def start(self, image: ImageRef, memo: dict[str, object]) -> bool:
        """Return once Temporal has acknowledged."""


class TracedStarter:
    """Starts the workflow with the request's id in its memo, as part of the request's trace.

    `tags` asks S3 for those of an object. Ids are for people who look for something: an upload
    whose origin cannot be told within `patience` seconds is started without.
    """

    def __init__(
        self,
        starter: Starter,
        tags: Callable[[str], Mapping[str, str]],
        tracing: Tracing,
        *,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._starter = starter
        self._tags = tags
        self._tracing = tracing
        self._patience = patience
        # Threads of its own: those that a store in trouble holds must not be missing where
        # messages are deleted.
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="origin")

    async def start(self, image: ImageRef, memo: dict[str, object]) -> bool:
        """As the starter within. Binds `request_id` for the log lines that follow."""
        origin = await self._origin(image.storage_key)
        if origin.request_id is not None:
            structlog.contextvars.bind_contextvars(request_id=origin.request_id)
            image = replace(image, request_id=origin.request_id)
            memo = {**memo, "request_id": origin.request_id}
        with self._tracing.span(
            "upload stored",
            "consumer",
            origin.traceparent,
            attributes={"workflow.id": workflow_id(image.upload_id)},
            began=_time(image.uploaded_at),
        ):
            structlog.contextvars.bind_contextvars(**self._tracing.ids())
            return await self._starter.start(image, memo)

    async def _origin(self, key: str) -> Origin:
        asked = asyncio.get_running_loop().run_in_executor(self._threads, self._tags, key)
        try:
            async with asyncio.timeout(self._patience):
                return Origin.of_tags(await asked)
        except (AdapterError, TimeoutError) as error:
            _log.warning("origin unknown", storage_key=key, error=str(error) or "S3 is slow")
            return Origin()


def _time(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
