"""How housekeeping workflows run their activities."""

from collections.abc import Callable
from typing import TypeVar

from temporalio import workflow

from workflows import policies

Arg = TypeVar("Arg")
Result = TypeVar("Result")


async def housekeep(activity: Callable[[Arg], Result], argument: Arg) -> Result:
    """Run one housekeeping activity, waiting for PostgreSQL, S3 and Temporal as long as it takes.

    Raises ActivityError for a bug: the run fails, and the schedule starts the next.
    """
    return await workflow.execute_activity(
        activity,
        argument,
        start_to_close_timeout=policies.STEP_TIMEOUT,
        heartbeat_timeout=policies.HEARTBEAT_TIMEOUT,
        retry_policy=policies.RETRY_FOREVER,
    )
