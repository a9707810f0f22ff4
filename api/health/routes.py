"""GET /healthz, GET /readyz."""

from fastapi import APIRouter

from api.deps import PUBLIC, Parts
from api.errors import Code, problems
from api.health import service
from api.health.schemas import Alive, Ready

router = APIRouter(tags=["health"], dependencies=[PUBLIC])


@router.get("/healthz")
async def healthz() -> Alive:
    """The process answers. Asks nobody, so a restart is the only cure when it fails."""
    return Alive()


@router.get("/readyz", responses=problems(Code.UNAVAILABLE))
async def readyz(parts: Parts) -> Ready:
    """Whether requests can be served.

    Needs PostgreSQL. Without Temporal the answer is `degraded`: pending pictures are unknown,
    all else works.
    """
    return await service.readiness(parts.database, parts.pending)
