"""What housekeeping asks of the outside, as protocols."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from schema.contracts import ImageRef, RecordInput, StepInput, StoredFile
from schema.reprocess import (
    BatchDone,
    BatchTask,
    Campaign,
    Change,
    Closing,
    PageLook,
    Turned,
    TurnTask,
)


@dataclass(frozen=True)
class Entry:
    """One promise as the ledger finds it in the database.

    `thumbnails` are the keys that a finished image's row names. `file` is what came, or what was
    promised while nothing is known of that.
    """

    image: ImageRef
    file: StoredFile
    expires_at: datetime
    arrived: bool
    recorded: bool
    thumbnails: tuple[str, ...]


@dataclass(frozen=True)
class Settlement:
    """What a look at promises led to: looked at no more, looked at later, given up."""

    closed: Sequence[UUID]
    waiting: Sequence[UUID]
    lost: Sequence[UUID]


class Tenants(Protocol):
    """Which organizations there are. Raises `TransientError`."""

    def after(self, org_id: UUID | None, limit: int) -> list[UUID]:
        """The next organizations in the order of their ids; the first ones after None."""


class Ledger(Protocol):
    """The promises of one organization at a time. Raises `TransientError`."""

    def due(self, org_id: UUID, grace_seconds: int, limit: int) -> list[Entry]:
        """Open promises that are older than the grace and due for a look."""

    def sessions_after(self, org_id: UUID, session_id: UUID | None, limit: int) -> list[UUID]:
        """The next capture sessions in the order of their ids."""

    def shown(self, org_id: UUID, session_ids: Sequence[UUID]) -> list[Entry]:
        """The sessions' images that have thumbnails."""

    def settle(self, org_id: UUID, settlement: Settlement, grace_seconds: int) -> int:
        """Write down what was found; how many promises were given up just now."""


class SilentSessions(Protocol):
    """Capture sessions that somebody forgot. Raises `TransientError`."""

    def abandon(self, org_id: UUID, silence_seconds: int, limit: int) -> int:
        """Abandon active sessions without any sign of life, each with its event; how many."""


class RunState(StrEnum):
    """How it stands with an image's workflow, after it was seen to."""

    RUNNING = "running"
    STARTED = "started"
    RESTARTED = "restarted"


class ImageRuns(Protocol):
    """The workflows of images. Raises `TransientError`."""

    async def ensure(self, image: ImageRef, ended_before: datetime) -> RunState:
        """Start the image's workflow unless there is one.

        One that ended before `ended_before` left no row, so it is started again; one that ended
        later may be the reason that there is a row by now, and counts as running.
        """

    async def repair(self, step: StepInput) -> None:
        """Have an image's thumbnails made again, unless that is under way."""


class CampaignRefusedError(Exception):
    """What was asked for cannot be done with this campaign; the message says why."""


class Campaigns(Protocol):
    """Campaigns and their results. Raises `TransientError`."""

    def open(self, campaign: Campaign) -> int:
        """Write it down, or take it up again; how many images it is about.

        Raises CampaignRefusedError when there are none, or it was computed before.
        """

    def page(self, look: PageLook) -> list[str]:
        """The ids of the next images, none younger than the campaign."""

    def changes(self, campaign: Campaign) -> list[Change]:
        """What the results would change, counted."""

    def close(self, closing: Closing) -> None:
        """Write down how it ended."""

    def waiting(self, batch: BatchTask) -> list[ImageRef]:
        """Those of the batch that have no result yet."""

    def keep(self, campaign_id: str, found: RecordInput) -> None:
        """Write one image's result down, beside the one that is shown."""

    def counted(self, batch: BatchTask) -> BatchDone:
        """How many of the batch have a result."""


class Turning(Protocol):
    """Which results are shown. Raises `TransientError`."""

    def open(self, task: TurnTask) -> int:
        """How many images it is about. Raises CampaignRefusedError when it is not the time."""

    def turn(self, task: TurnTask) -> Turned:
        """Turn the next batch in one transaction, with an event for each image."""
