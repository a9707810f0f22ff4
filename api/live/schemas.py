"""Live streams on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel

from api.images.schemas import Image
from api.models import RequestModel, ResponseModel
from api.sessions.schemas import Session

Moment = Annotated[str, Field(description="Send the last one as Last-Event-ID to go on from it.")]


class WantTicket(RequestModel):
    """The session to watch."""

    session_id: UUID


class Ticket(ResponseModel):
    """Opens one stream of this session, once, until it expires."""

    ticket: str
    expires_at: datetime


class EndReason(StrEnum):
    """Why the server ends a stream."""

    TOKEN_EXPIRED = "token_expired"
    REVOKED = "revoked"
    SERVER_STOPPING = "server_stopping"


class End(ResponseModel):
    """The data of `end`."""

    reason: EndReason


class PendingUnknown(ResponseModel):
    """The data of `pending_unknown`."""

    detail: str


class Removed(ResponseModel):
    """The data of `removed`."""

    id: UUID


class LiveImage(ResponseModel):
    """A picture as GET /images shows it: put it in the place of the one with its id."""

    event: Literal["image"]
    id: Moment
    data: Image


class LiveSession(ResponseModel):
    """The session as GET /sessions/{session_id} shows it."""

    event: Literal["session"]
    id: Moment
    data: Session


class LiveRemoved(ResponseModel):
    """A picture that was pending is not in the list any more: its run was ended by hand."""

    event: Literal["removed"]
    id: Moment
    data: Removed


class LivePendingUnknown(ResponseModel):
    """The pipeline does not answer. When it does, what is pending and the session come again."""

    event: Literal["pending_unknown"]
    id: Moment
    data: PendingUnknown


class LiveEnd(ResponseModel):
    """The last event."""

    event: Literal["end"]
    data: End


class LiveEvent(
    RootModel[
        Annotated[
            LiveImage | LiveSession | LiveRemoved | LivePendingUnknown | LiveEnd,
            Field(discriminator="event"),
        ]
    ]
):
    """One event of the stream; `data` is its data line, which is JSON."""
