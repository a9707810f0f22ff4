"""GET /ops/parked, GET /ops/images/{id}."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.deps import ADMINISTER, Caller, Later, Parts
from api.errors import Code, problems
from api.ops import service
from api.ops.schemas import ImageHistory, ParkedList, Wanted

router = APIRouter(prefix="/ops", tags=["operations"], dependencies=[ADMINISTER])


@router.get("/parked")
async def list_parked(
    wanted: Annotated[Wanted, Query()], parts: Parts, caller: Caller
) -> ParkedList:
    """The organization's pictures that wait for a decision: retry or discard each."""
    return await service.list_parked(wanted, parts, caller.scope)


@router.get("/images/{image_id}", responses=problems(Code.IMAGE_NOT_FOUND))
async def get_image_history(
    image_id: UUID, parts: Parts, caller: Caller, later: Later
) -> ImageHistory:
    """One picture, where it stands, and who did what to it."""
    return await service.get_history(image_id, parts, caller.scope, later)
