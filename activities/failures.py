"""Which failures are final: a verdict on the file, a passing trouble, or a bug.

- *Permanent* (`PermanentFailure`, `imaging.errors.ImageRejected`): the file's own fault. Never
  retried; the workflow records the image as failed with the code and sentence.
- *Transient* (`adapters.errors.TransientError`): retried without end; the workflow waits.
- *Unknown* (anything else, a bug of ours): retried a few times, then the workflow parks.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from adapters.errors import TransientError
from imaging.errors import ImageRejected
from schema.contracts import PERMANENT_FAILURE, TRANSIENT_FAILURE

UNKNOWN_ATTEMPTS = 5
_HEARTBEAT_SECONDS = 3.0


class PermanentFailure(Exception):  # noqa: N818  the domain's word: a verdict, not an accident
    """No retry can help: `code` is stable, `message` one sentence that a person can act on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class FailureClassifier(Interceptor):
    """Tells Temporal, for every activity, whether another attempt can help; keeps it alive."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002  the SDK's name
        """Wrap one activity."""
        return _Classified(next)


class _Classified(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401  the SDK's signature
        try:
            async with _heartbeats():
                return await super().execute_activity(input)
        except (PermanentFailure, ImageRejected) as verdict:
            raise ApplicationError(
                verdict.message, str(verdict.code), type=PERMANENT_FAILURE, non_retryable=True
            ) from verdict
        except FailureError:
            raise  # Temporal's own words: a cancellation, or an error classified already
        except TransientError as trouble:
            raise ApplicationError(str(trouble), type=TRANSIENT_FAILURE) from trouble
        except Exception as bug:
            raise ApplicationError(
                str(bug) or type(bug).__name__,
                type=type(bug).__name__,
                non_retryable=activity.info().attempt >= UNKNOWN_ATTEMPTS,
            ) from bug


@asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    """Report life from the event loop, so that a dead worker is missed within seconds.

    Activities shorter than one interval, nearly all, never send one.
    """

    async def beat() -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT_SECONDS)
            # From a thread: while a sync activity runs, the SDK's call waits for this very loop.
            await asyncio.to_thread(activity.heartbeat)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
