"""Step 3: the squares that people see."""

from temporalio import activity

from activities.derivatives import Derivatives
from adapters.ports import ObjectStore
from schema.contracts import StepInput, ThumbnailsResult
from schema.enums import Stage
from schema.keys import parse_key


class Thumbnails:
    """Stores the thumbnails beside the original."""

    def __init__(self, derivatives: Derivatives, store: ObjectStore) -> None:
        self._derivatives = derivatives
        self._store = store

    @activity.defn(name=Stage.THUMBNAILS)
    def thumbnails(self, step: StepInput) -> ThumbnailsResult:
        """Make the square thumbnails and store them beside the original."""
        key = parse_key(step.image.storage_key)
        assert key is not None, "the bridge starts workflows for originals only"
        measures, squares = self._derivatives.thumbnails(step)
        for size, data in squares.items():
            self._store.put(key.thumbnail(size, step.campaign_id), data, "image/jpeg")
        return ThumbnailsResult(
            keys={str(size): key.thumbnail(size, step.campaign_id) for size in squares},
            pixels={str(size): side for size, side in measures.thumb_px.items()},
            width=measures.width,
            height=measures.height,
        )
