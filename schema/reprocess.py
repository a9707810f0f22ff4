"""What passes through a campaign's workflows. The rules of `schema.contracts` hold here too."""

from dataclasses import dataclass, field
from enum import StrEnum

REPROCESS = "Reprocess"
TURN_RESULTS = "TurnResults"

APPROVE = "approve"
PAUSE = "pause"
RESUME = "resume"
CANCEL = "cancel"
PROGRESS = "progress"
"""What operators send to a campaign (signals and updates), and the query and memo they look at."""

PRIORITY_REPROCESS = 3
"""Behind live capture, before thumbnails that are made again."""


def campaign_workflow_id(org_id: str) -> str:
    """One campaign at a time for each organization, computing or switching."""
    return f"reprocess-{org_id}"


class CampaignState(StrEnum):
    """How far a campaign is. `sampled` is the end of a dry run, whose results are never shown."""

    COMPUTING = "computing"
    SAMPLED = "sampled"
    COMPUTED = "computed"
    CANCELLED = "cancelled"
    SWITCHING = "switching"
    SWITCHED = "switched"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"


class Direction(StrEnum):
    """Which results become current: the campaign's, or those of before."""

    SWITCH = "switch"
    ROLLBACK = "rollback"


@dataclass(frozen=True)
class Selection:
    """Which of an organization's images; None does not matter.

    `qc_below` takes images judged by an older version, or by none. Times are ISO 8601, of the
    image's row: `since` inclusive, `until` exclusive.
    """

    site_id: str | None = None
    session_id: str | None = None
    qc_below: int | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class Campaign:
    """What an operator asked for. `sample` ends the campaign after so many images: a dry run.

    After `canary` images it waits for approval; 0 does without.
    """

    id: str
    org_id: str
    selection: Selection = Selection()
    dry_run: bool = False
    sample: int | None = None
    canary: int = 0
    actor: str = "operator"
    reason: str = ""


@dataclass(frozen=True)
class Sizes:
    """Images in one page of the cursor, in one activity, and activities at the same time.

    Each lane holds an activity slot for as long as a batch takes: the slots that are left are
    what live capture finds free.
    """

    page: int = 200
    batch: int = 10
    lanes: int = 2


@dataclass(frozen=True)
class Change:
    """So many images whose `what` (verdict, sharpness, exposure, failure) was and would be.

    Up to five `examples`, none where nothing changes.
    """

    what: str
    before: str
    after: str
    count: int
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Progress:
    """Where a campaign stands, in images. `rate` is images a second over the page under way.

    `failed` ones are among the `done`; like `kept` ones they stay as they are. `trouble` is the
    error that paused it.
    """

    campaign_id: str
    state: str = CampaignState.COMPUTING.value
    total: int = 0
    done: int = 0
    failed: int = 0
    kept: int = 0
    rate: float = 0.0
    paused: bool = False
    awaiting_approval: bool = False
    trouble: str = ""
    approved_by: str = ""
    cancelled_by: str = ""
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class ReprocessTask:
    """The input of Reprocess; an operator gives the campaign, the rest is for a long one's parts.

    `after` is the last image of the pages that are done.
    """

    campaign: Campaign
    sizes: Sizes = Sizes()
    after: str | None = None
    progress: Progress | None = None


@dataclass(frozen=True)
class TurnTask:
    """The input of TurnResults, and of its activities: `batch` images in one transaction."""

    campaign_id: str
    org_id: str
    direction: str
    actor: str = "operator"
    reason: str = ""
    batch: int = 500
    after: str | None = None
    progress: Progress | None = None


@dataclass(frozen=True)
class PageLook:
    """The next images of a campaign, in the order of their ids."""

    campaign: Campaign
    after: str | None
    limit: int


@dataclass(frozen=True)
class BatchTask:
    """Images to compute anew."""

    campaign_id: str
    org_id: str
    image_ids: list[str]


@dataclass(frozen=True)
class BatchDone:
    """How many have a result, and for how many of these it is a failure."""

    done: int
    failed: int


@dataclass(frozen=True)
class Turned:
    """`last` is the last image looked at, None when there was none left.

    `kept` ones stay as they are: somebody changed them since.
    """

    done: int
    kept: int
    last: str | None


@dataclass(frozen=True)
class Closing:
    """How a campaign ended, for its row."""

    campaign_id: str
    org_id: str
    state: str
    progress: Progress
