"""What workflows may import: the steps' names and types, without their implementations.

Each stub has the name and signature of the method that a worker registers under it.
"""

from temporalio import activity

from schema.contracts import (
    DedupInput,
    DedupResult,
    ExifResult,
    ImageOutcome,
    ImageRef,
    QcResult,
    RecordInput,
    StepInput,
    StoredFile,
    ThumbnailsResult,
)
from schema.enums import Stage


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
