"""Step 5: have we seen this picture?"""

from temporalio import activity

from adapters.ports import ImageRecords
from schema.contracts import DedupInput, DedupResult
from schema.enums import Stage


class Dedup:
    """Finds look-alikes for information; nothing is refused for being one."""

    def __init__(self, records: ImageRecords, max_distance: int) -> None:
        self._records = records
        self._max_distance = max_distance

    @activity.defn(name=Stage.DEDUP)
    def dedup(self, query: DedupInput) -> DedupResult:
        """Look for images alike."""
        return DedupResult(self._records.neighbours(query, self._max_distance))
