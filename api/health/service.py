"""Asking the parts for a sign of life."""

from adapters.errors import TransientError
from adapters.postgres import AsyncDatabase
from adapters.temporal import PendingImages
from api.health.schemas import Health, Ready


async def readiness(database: AsyncDatabase, pending: PendingImages) -> Ready:
    """Raises TransientError when PostgreSQL is away."""
    await database.ping()
    temporal = await _answers(pending)
    status = Health.OK if temporal else Health.DEGRADED
    return Ready(status=status, postgres=True, temporal=temporal)


async def _answers(pending: PendingImages) -> bool:
    try:
        await pending.ping()
    except TransientError:
        return False
    return True
