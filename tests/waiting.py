"""Waiting for what other processes do."""

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(
    condition: Callable[[], bool] | Callable[[], Awaitable[bool]], *, seconds: float = 20.0
) -> None:
    """Return when `condition` holds; fail with TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        # What is waited for happens in another process, which sets no asyncio.Event.
        while not await _holds(condition):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _holds(condition: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> bool:
    answer = condition()
    return answer if isinstance(answer, bool) else await answer
