"""POST /live/tickets, GET /live."""

from typing import Any

from fastapi import APIRouter, status

from api.deps import VIEW, Caller, Sessions, Tickets
from api.errors import Code, problems
from api.live import service
from api.live.access import WATCH
from api.live.schemas import LiveEvent, Ticket, WantTicket
from api.live.service import OpenStream
from api.live.stream import LiveResponse

router = APIRouter(prefix="/live", tags=["live"])
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events until the stream ends.",
        "content": {
            LiveResponse.media_type: {
                # As OpenAPI 3.2 has it; older tools see a string and leave it alone.
                "itemSchema": {"$ref": "#/components/schemas/LiveEvent"},
            }
        },
    }
}


@router.post(
    "/tickets",
    dependencies=[VIEW],
    status_code=status.HTTP_201_CREATED,
    responses=problems(Code.SESSION_NOT_FOUND, Code.RATE_LIMITED),
)
async def create_live_ticket(
    body: WantTicket, caller: Caller, sessions: Sessions, tickets: Tickets
) -> Ticket:
    """A ticket that opens one stream of this session within 30 seconds.

    For browsers, whose EventSource sends no Authorization header: a token has no place in an
    address. The stream ends with the token that asked for the ticket.
    """
    return await service.issue_ticket(body.session_id, caller, sessions, tickets)


@router.get(
    "",
    dependencies=[WATCH],
    status_code=status.HTTP_200_OK,
    response_class=LiveResponse,
    response_model=LiveEvent,
    responses={
        **problems(Code.SESSION_NOT_FOUND, Code.TICKET_INVALID, Code.TOO_MANY_STREAMS),
        **_EVENTS,
    },
)
async def watch_session(stream: OpenStream) -> LiveResponse:
    """What happens in a session, as server-sent events, while it happens.

    First comes the session, then every picture that GET /images lists, each as an `image` event;
    after that, what changes. A client puts each picture in the place of the one with its id: it
    may get one twice, and when it reads slowly only the newest state of each.

    With the id of its last event a client that comes back gets what it missed (and what is
    pending, as it is now); an id that is not understood begins anew. After 15 seconds of silence
    comes a comment. The stream ends with an `end` event when the token expires, when its owner is
    shut out, or when this server stops: then come back to another.
    """
    return LiveResponse(stream)
