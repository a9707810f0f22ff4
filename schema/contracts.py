"""What passes between the bridge, the workflow, its activities and the API.

Frozen dataclasses of plain values: they travel through Temporal as JSON, so bytes and
anything large stay in S3 or in the worker's scratch directory. A field may be added with
a default; none may be renamed or removed while a workflow that carries it can still run.
"""

from dataclasses import dataclass, field
from typing import Any

TASK_QUEUE = "imaging"
PROCESS_IMAGE = "ProcessImage"

RETRY = "retry"
DISCARD = "discard"
RESET = "reset"
"""What operators do: signals and updates of the first two names, and Temporal's own reset."""

NOTE = "note"
"""The activity that writes what an operator did into the audit trail."""

PERMANENT_FAILURE = "PermanentFailure"
"""The error type of a verdict on the file; its first detail is the failure code."""
TRANSIENT_FAILURE = "Transient"
"""The error type of a trouble that passes: tried again without end."""

PRIORITY_UNDER_WAY = 1
"""What has begun is finished before more is begun: the first thumbnail need not wait for the last
download of its spin."""

PRIORITY_LIVE = 2
"""Live capture; bulk work (reprocess, backfill) uses a higher number, which waits."""

SEARCH_ORG = "OrgId"
SEARCH_SITE = "SiteId"
SEARCH_SESSION = "SessionId"
SEARCH_STATUS = "ImageStatus"
SEARCH_FAILURE = "FailureCode"
"""A parked image's error class, a failed one's code: what a whole query of them is chosen by."""


def workflow_id(upload_id: str) -> str:
    """One workflow per upload, for ever: the id is the claim."""
    return f"image-{upload_id}"


def upload_id_of(workflow: str) -> str:
    """The upload that a workflow id stands for."""
    return workflow.removeprefix("image-")


@dataclass(frozen=True)
class ImageRef:
    """One uploaded object: the whole input of ProcessImage."""

    upload_id: str
    org_id: str
    site_id: str
    session_id: str
    storage_key: str
    uploaded_at: str | None = None
    """When S3 stored it, ISO 8601 UTC, from the event."""
    request_id: str | None = None
    """The X-Request-ID of the presign that the object was sent with."""


@dataclass(frozen=True)
class StoredFile:
    """The downloaded original: what was promised and what came.

    `sha256` is lower-case hex of the bytes in S3, checked against the promise.
    """

    sha256: str
    size: int
    content_type: str
    angle_deg: int | None
    shot_name: str | None


@dataclass(frozen=True)
class ExifResult:
    """`fields` as documented in `imaging.exif`; `captured_at` ISO 8601, None when unknown."""

    fields: dict[str, Any]
    captured_at: str | None


@dataclass(frozen=True)
class ThumbnailsResult:
    """S3 keys by requested size in pixels, and the upright picture's own size."""

    keys: dict[str, str]
    pixels: dict[str, int]
    """The side that each thumbnail really has: small originals are not enlarged."""
    width: int
    height: int


@dataclass(frozen=True)
class QcResult:
    """`report` is the stored QC document (scores, verdicts, thresholds); `phash` 16 hex digits."""

    report: dict[str, Any]
    qc_version: int
    phash: str


@dataclass(frozen=True)
class Neighbour:
    """An image that looks alike: `distance` is the Hamming distance of the pHashes, 0-64."""

    image_id: str
    distance: int
    reason: str


@dataclass(frozen=True)
class DedupResult:
    """Look-alikes found before recording; `record` decides exact duplicates, under a lock."""

    neighbours: list[Neighbour] = field(default_factory=list)


@dataclass(frozen=True)
class Failure:
    """Why an image has no good verdict: a stable `code` and a sentence for a person."""

    stage: str
    code: str
    message: str
    error: str | None = None
    """The class of an error that nobody foresaw."""


@dataclass(frozen=True)
class RecordInput:
    """All that `record` writes, once. A failed image carries `failure` and what was known."""

    image: ImageRef
    file: StoredFile | None = None
    exif: ExifResult | None = None
    thumbnails: ThumbnailsResult | None = None
    qc: QcResult | None = None
    dedup: DedupResult | None = None
    failure: Failure | None = None


@dataclass(frozen=True)
class ImageOutcome:
    """The verdict: `status` is an `ImageStatus` value."""

    status: str
    failure: Failure | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True)
class StepInput:
    """What exif, thumbnails and qc need: which object, and which bytes it must have."""

    image: ImageRef
    file: StoredFile
    campaign_id: str | None = None
    """The campaign whose thumbnails are made, under keys of their own."""


@dataclass(frozen=True)
class DedupInput:
    """What dedup compares."""

    image: ImageRef
    file: StoredFile
    qc: QcResult


@dataclass(frozen=True)
class Decision:
    """An operator's word on a parked image: why, and who says so."""

    reason: str = ""
    actor: str = "operator"
    actor_id: str | None = None
    """The person's id, when they came through the API."""


@dataclass(frozen=True)
class Intervention:
    """What an operator did to an image; `action` is RETRY, DISCARD or RESET.

    `id` stays the same however often the note is tried. `failures` are what it was parked for.
    """

    image: ImageRef
    id: str
    action: str
    decision: Decision
    failures: list[Failure] = field(default_factory=list)
