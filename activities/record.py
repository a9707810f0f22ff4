"""Step 6: the verdict becomes a row, once."""

from temporalio import activity

from adapters.ports import ImageRecords
from schema.contracts import ImageOutcome, RecordInput
from schema.enums import Stage


class Record:
    """Writes the verdict; a second call finds the first one's row and returns it."""

    def __init__(self, records: ImageRecords) -> None:
        self._records = records

    @activity.defn(name=Stage.RECORD)
    def record(self, verdict: RecordInput) -> ImageOutcome:
        """Write the image's row, once."""
        return self._records.record(verdict)
