"""GET /sessions/{id}/spin."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.conditional import CONDITIONAL, Known
from api.deps import VIEW, Parts, Spins
from api.errors import Code, problems
from api.spin import service
from api.spin.schemas import SpinManifest

router = APIRouter(prefix="/sessions", tags=["sessions"])


@router.get(
    "/{session_id}/spin",
    dependencies=[VIEW],
    response_model=SpinManifest,
    responses={**problems(Code.SESSION_NOT_FOUND, Code.SESSION_HAS_NO_SPIN), **CONDITIONAL},
)
async def get_spin(session_id: UUID, parts: Parts, spins: Spins, known: Known) -> Response:
    """What a 360 viewer needs: for every frame of the turn the best picture, or why there is none.

    The best is the newest that was processed; a re-shoot replaces the older picture, which is
    kept. A failed picture is named only where there is nothing better. While pictures are being
    processed their frames are flagged, and show the older picture if there is one. Every picture
    counts for the nearest frame. URLs are by size in pixels, and `original`.
    """
    return known.answer(await service.manifest(session_id, parts.urls, spins))
