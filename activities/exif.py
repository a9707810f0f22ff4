"""Step 2: what the camera wrote."""

from temporalio import activity

from activities.originals import Originals
from imaging.exif import read_exif
from schema.contracts import ExifResult, StepInput
from schema.enums import Stage


class Exif:
    """Reads the metadata; nonsense in it never fails an image."""

    def __init__(self, originals: Originals) -> None:
        self._originals = originals

    @activity.defn(name=Stage.EXIF)
    def exif(self, step: StepInput) -> ExifResult:
        """Read the camera's metadata."""
        found = read_exif(self._originals.read(step))
        return ExifResult(found.to_json(), found.captured_at)
