"""What workflows may import: the steps' names and types, without their implementations.

Each stub has the name and signature of the method that a worker registers under it.
"""

from temporalio import activity

from schema.contracts import (
    NOTE,
    DedupInput,
    DedupResult,
    ExifResult,
    ImageOutcome,
    ImageRef,
    Intervention,
    QcResult,
    RecordInput,
    StepInput,
    StoredFile,
    ThumbnailsResult,
)
from schema.enums import Stage
from schema.housekeeping import (
    Abandoned,
    AbandonTask,
    LedgerReport,
    PromiseLook,
    PromisesChecked,
    SampleLook,
)


@activity.defn(name=Stage.DOWNLOAD)
def download(image: ImageRef) -> StoredFile:
    """Fetch the original to this host and check it against what was promised."""
    raise NotImplementedError


@activity.defn(name=Stage.EXIF)
def exif(step: StepInput) -> ExifResult:
    """Read the camera's metadata."""
    raise NotImplementedError


@activity.defn(name=Stage.THUMBNAILS)
def thumbnails(step: StepInput) -> ThumbnailsResult:
    """Make the square thumbnails and store them beside the original."""
    raise NotImplementedError


@activity.defn(name=Stage.QC)
def qc(step: StepInput) -> QcResult:
    """Judge sharpness and exposure; take the perceptual hash."""
    raise NotImplementedError


@activity.defn(name=Stage.DEDUP)
def dedup(query: DedupInput) -> DedupResult:
    """Look for images alike."""
    raise NotImplementedError


@activity.defn(name=Stage.RECORD)
def record(verdict: RecordInput) -> ImageOutcome:
    """Write the image's row, once."""
    raise NotImplementedError


@activity.defn(name=NOTE)
def note(intervention: Intervention) -> None:
    """Write what an operator did into the audit trail, once."""
    raise NotImplementedError


@activity.defn(name="check_promises")
def check_promises(look: PromiseLook) -> PromisesChecked:
    """Look at the open promises of a page of organizations."""
    raise NotImplementedError


@activity.defn(name="sample_thumbnails")
def sample_thumbnails(look: SampleLook) -> LedgerReport:
    """Check the next sessions' thumbnails."""
    raise NotImplementedError


@activity.defn(name="abandon_silent")
def abandon_silent(task: AbandonTask) -> Abandoned:
    """Abandon the silent sessions of a page of organizations."""
    raise NotImplementedError
