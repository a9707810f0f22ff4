"""Where parked images are looked at and decided: over the API, or at Temporal itself."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from client.api import Client
from client.errors import Imaging360Error

Action = Literal["retry", "discard"]
Json = dict[str, Any]
NOT_PARKED = "image_not_parked"
_AGO = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Choice:
    """Which parked images; what is None does not matter."""

    org: str | None = None
    site: str | None = None
    session: str | None = None
    code: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """A parked image, for people."""

    image_id: str
    org_id: str | None
    session_id: str
    code: str
    stage: str
    message: str
    since: str


class Desk(Protocol):
    """Raises Imaging360Error."""

    async def find(self, choice: Choice, limit: int) -> tuple[list[Waiting], int]:
        """Up to `limit` of the parked images, and how many there are."""

    async def show(self, image_id: str) -> Json:
        """All that is known of one image."""

    async def decide(self, image_id: str, action: Action, reason: str) -> str:
        """How the decision was delivered; refused as NOT_PARKED when nothing waits for it."""


class ApiDesk:
    """An admin's: their own organization, over HTTP."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def find(self, choice: Choice, limit: int) -> tuple[list[Waiting], int]:
        """Up to `limit` of the parked images, and how many there are."""
        if choice.org is not None:
            said = "an admin sees their own organization: leave --org out, or use --direct"
            raise Imaging360Error("role_forbidden", said)
        answer = await self._client.get("/ops/parked", limit=str(limit), **_query(choice))
        return [_waiting(item) for item in answer["items"]], answer["total"]

    async def show(self, image_id: str) -> Json:
        """All that is known of one image, with who did what to it."""
        return await self._client.get(f"/ops/images/{image_id}")

    async def decide(self, image_id: str, action: Action, reason: str) -> str:
        """How the decision was delivered."""
        body = {"reason": reason} if reason else {}
        answer = await self._client.post(f"/images/{image_id}/{action}", body)
        return str(answer["delivery"])


def moment(text: str) -> datetime:
    """`30m`, `2h`, `7d` ago, or an ISO 8601 time. Raises ValueError."""
    if ago := _AGO.fullmatch(text):
        return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    given = datetime.fromisoformat(text)
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def _query(choice: Choice) -> dict[str, str]:
    since = choice.since.isoformat() if choice.since else None
    wanted = {"site_id": choice.site, "session_id": choice.session, "code": choice.code}
    return {name: said for name, said in (wanted | {"since": since}).items() if said is not None}


def _waiting(item: Json) -> Waiting:
    failure = item["failure"] or {"stage": "", "message": ""}
    return Waiting(
        image_id=item["image_id"],
        org_id=None,
        session_id=item["session_id"],
        code=item["code"],
        stage=failure["stage"],
        message=failure["message"],
        since=item["started_at"],
    )
