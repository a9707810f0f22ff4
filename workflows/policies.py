"""Timeouts and retry policies of the steps."""

from datetime import timedelta

from temporalio.common import Priority, RetryPolicy

from schema.contracts import PRIORITY_LIVE, PRIORITY_UNDER_WAY
from schema.reprocess import PRIORITY_REPROCESS

# Without a limit: transient trouble is waited out, and every other failure is declared
# non-retryable by the activity (`activities.failures`).
RETRY_FOREVER = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=1),
)

# One attempt, waiting for a slot excluded. The heartbeat finds a dead worker long before.
STEP_TIMEOUT = timedelta(minutes=5)
HEARTBEAT_TIMEOUT = timedelta(seconds=10)

# A note that a bug defeats is tried again as often as this.
NOTE_AGAIN = timedelta(minutes=1)

# How long a parked image waits for an operator.
PARKED_FOR = timedelta(days=14)


def live(org_id: str) -> Priority:
    """Live capture, fair between organizations.

    Set on every activity from the input: a run started by hand from the UI has no priority of
    its own to hand down.
    """
    return Priority(priority_key=PRIORITY_LIVE, fairness_key=org_id)


def under_way(org_id: str) -> Priority:
    """The steps after the first: an image that has begun goes before one that waits."""
    return Priority(priority_key=PRIORITY_UNDER_WAY, fairness_key=org_id)


def bulk(org_id: str) -> Priority:
    """Images computed anew: behind live capture, fair between organizations."""
    return Priority(priority_key=PRIORITY_REPROCESS, fairness_key=org_id)
