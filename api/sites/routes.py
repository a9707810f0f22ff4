"""GET /sites, for everybody who works at one."""

from fastapi import APIRouter

from api.admin import service
from api.admin.routes import Which
from api.admin.schemas import Page, Site
from api.deps import VIEW, People

router = APIRouter(prefix="/sites", tags=["sites"], dependencies=[VIEW])


@router.get("")
async def list_sites(which: Which, people: People) -> Page[Site]:
    """The sites that the caller may see, by name: an admin all, others their own."""
    return await service.list_sites(which, people)
