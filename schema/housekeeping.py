"""What passes through the housekeeping workflows. The rules of `schema.contracts` hold here too."""

from dataclasses import asdict, dataclass

TASK_QUEUE = "housekeeping"
"""A queue of its own: housekeeping waits for S3 and SQL, and takes no slot from image work."""

PROMISE_LEDGER = "PromiseLedger"
ABANDON_SESSIONS = "AbandonSessions"
REPAIR_THUMBNAILS = "RepairThumbnails"

PRIORITY_REPAIR = 4
"""Thumbnails that are made again wait for capture, and for whatever an operator asked for."""


def repair_id(upload_id: str) -> str:
    """One repair at a time for each image."""
    return f"thumbnails-{upload_id}"


@dataclass(frozen=True)
class LedgerRules:
    """How patient and how thorough the ledger is."""

    grace_seconds: int = 120
    """A promise is first looked at, and an object missed by us, after this time."""
    lost_seconds: int = 900
    """A PUT that began before its URL expired may take so long; then it is given up."""
    batch: int = 200
    """Promises of one organization in one look."""
    sample: int = 20
    """Sessions whose thumbnails are checked in one run, in rotation over all there are."""


@dataclass(frozen=True)
class LedgerCounts:
    """What a run of the ledger found and did, in promises unless said otherwise."""

    looked_at: int = 0
    kept: int = 0
    waiting: int = 0
    """Not sent yet, or being processed."""
    started: int = 0
    """The object was there and no workflow: the event was lost."""
    restarted: int = 0
    """The workflow had ended and left no row."""
    lost: int = 0
    repairs: int = 0
    """Images whose thumbnails are being made again."""
    beyond_repair: int = 0
    """Images whose thumbnails and original are both gone."""
    sampled: int = 0
    """Images of the rotating sample."""
    troubled: int = 0
    """Organizations passed over because of an unexpected error, which is in the worker's log."""

    def __add__(self, other: "LedgerCounts") -> "LedgerCounts":
        added = asdict(other)
        return LedgerCounts(**{name: n + added[name] for name, n in asdict(self).items()})


@dataclass(frozen=True)
class SamplePlace:
    """The last session that the rotating sample looked at; None: the organization's first is next.

    `org_id` None is the beginning.
    """

    org_id: str | None = None
    session_id: str | None = None


@dataclass(frozen=True)
class LedgerReport:
    """The result of a run, which its successor is given: the sample goes on where it ended."""

    counts: LedgerCounts = LedgerCounts()
    place: SamplePlace = SamplePlace()


@dataclass(frozen=True)
class LedgerTask:
    """The input of PromiseLedger; the schedule gives the rules only."""

    rules: LedgerRules = LedgerRules()
    after: str | None = None
    """The organization that the run before `continue_as_new` ended with."""
    counts: LedgerCounts = LedgerCounts()
    more: bool = False
    """Whether an organization of this pass has promises left for the next."""
    place: SamplePlace | None = None


@dataclass(frozen=True)
class PromiseLook:
    """A page of organizations to look at: those after this one."""

    rules: LedgerRules
    after: str | None = None


@dataclass(frozen=True)
class PromisesChecked:
    """`after` is the page's last organization, None when it was the last page.

    `more` says that an organization had more promises than one look takes.
    """

    counts: LedgerCounts
    after: str | None
    more: bool


@dataclass(frozen=True)
class SampleLook:
    """Which sessions to look at: `rules.sample` of them from this place on."""

    rules: LedgerRules
    place: SamplePlace


@dataclass(frozen=True)
class RepairOutcome:
    """Whether the thumbnails are there again, and why not."""

    repaired: bool
    reason: str = ""


@dataclass(frozen=True)
class AbandonTask:
    """The input of AbandonSessions, and of its activity for one page of organizations."""

    silence_seconds: int = 86400
    batch: int = 500
    after: str | None = None
    abandoned: int = 0


@dataclass(frozen=True)
class Abandoned:
    """How many sessions were abandoned; `after` as in PromisesChecked."""

    sessions: int
    after: str | None = None
