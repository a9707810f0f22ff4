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


@activity.defn(name="reprocess_batch")
def reprocess_batch(batch: BatchTask) -> BatchDone:
    """Compute images anew, beside the results that are shown."""
    raise NotImplementedError


@activity.defn(name="open_campaign")
def open_campaign(campaign: Campaign) -> int:
    """Write the campaign down; how many images it is about."""
    raise NotImplementedError


@activity.defn(name="campaign_page")
def campaign_page(look: PageLook) -> list[str]:
    """The ids of the next images."""
    raise NotImplementedError


@activity.defn(name="campaign_changes")
def campaign_changes(campaign: Campaign) -> list[Change]:
    """What the results would change."""
    raise NotImplementedError


@activity.defn(name="close_campaign")
def close_campaign(closing: Closing) -> None:
    """Write down how it ended."""
    raise NotImplementedError


@activity.defn(name="open_turn")
def open_turn(task: TurnTask) -> int:
    """See that the campaign can be switched to, or back; how many images it is about."""
    raise NotImplementedError


@activity.defn(name="turn_results")
def turn_results(task: TurnTask) -> Turned:
    """Switch the next images, or put back what they were."""
    raise NotImplementedError
