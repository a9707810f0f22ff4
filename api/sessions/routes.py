"""POST and GET /sessions, GET and PATCH /sessions/{id}.

Who sees which: admins all of the organization, reviewers all of their sites; devices (of the
organization) and operators (of their sites) the active ones, those that devices opened, and
their own: all but what another person opened and is over. What one may not see is not there: 404.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from pydantic import StringConstraints

from adapters.repositories.sessions import SessionFilters
from api.conditional import CONDITIONAL, Known
from api.deps import CAPTURE, Caller, Events, Parts, Sessions, Vehicles
from api.errors import Code, problems
from api.models import Printable
from api.sessions import service
from api.sessions.schemas import ChangeSession, CreateSession, Session, SessionPage
from schema.enums import SessionStatus

router = APIRouter(prefix="/sessions", tags=["sessions"], dependencies=[CAPTURE])
Search = Annotated[
    Annotated[str, StringConstraints(max_length=64, strip_whitespace=True), Printable] | None,
    Query(description="A part of the VIN or of the stock number, in any case."),
]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(Code.VEHICLE_IDENTITY_REQUIRED, Code.INVALID_REQUEST, Code.SITE_NOT_FOUND),
)
async def create_session(
    body: CreateSession,
    parts: Parts,
    caller: Caller,
    sessions: Sessions,
    vehicles: Vehicles,
    events: Events,
) -> Session:
    """Open a session about a vehicle of one of the caller's sites.

    The vehicle is found by VIN within the organization, or by stock number within the site, and
    created when it is new; what is said about it here completes what is known. A VIN whose check
    digit does not fit (not every maker uses it) is accepted with a warning.
    """
    return await service.create_session(body, caller, parts.urls, sessions, vehicles, events)


@router.get("", response_model=SessionPage, responses=CONDITIONAL)
async def list_sessions(
    parts: Parts,
    sessions: Sessions,
    known: Known,
    site_id: UUID | None = None,
    status: SessionStatus | None = None,
    vehicle_id: UUID | None = None,
    q: Search = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """The sessions that the caller may see: active ones first, then the newest.

    Admins see all of the organization, reviewers all of their sites. Devices (of the organization)
    and operators (of their sites) see all but those that another person opened and that are over.
    """
    filters = SessionFilters(site_id, status, vehicle_id, q, limit, offset)
    return known.answer(await service.list_sessions(filters, sessions, parts.urls))


@router.get(
    "/{session_id}",
    response_model=Session,
    responses={**problems(Code.SESSION_NOT_FOUND), **CONDITIONAL},
)
async def get_session(session_id: UUID, parts: Parts, sessions: Sessions, known: Known) -> Response:
    """One session, with its vehicle and progress."""
    return known.answer(await service.get_session(session_id, sessions, parts.urls))


@router.patch(
    "/{session_id}", responses=problems(Code.SESSION_NOT_FOUND, Code.TRANSITION_IMPOSSIBLE)
)
async def change_session(
    session_id: UUID, body: ChangeSession, parts: Parts, sessions: Sessions, events: Events
) -> Session:
    """Complete, abandon or resume a session.

    An active session can be completed or abandoned, an abandoned one can be made active again;
    completing is final. Asking for the status that it has already changes nothing. Completing one
    that lacks pictures is allowed; a warning says which.
    """
    return await service.change_session(session_id, body.status, parts.urls, sessions, events)
