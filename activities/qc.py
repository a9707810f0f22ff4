"""Step 4: is the picture good enough?"""

from temporalio import activity

from activities.derivatives import Derivatives
from imaging.quality import QC_VERSION, Thresholds, judge
from schema.contracts import QcResult, StepInput
from schema.enums import Stage


class Qc:
    """Judges by thresholds, which are stored with the verdict."""

    def __init__(self, derivatives: Derivatives, thresholds: Thresholds) -> None:
        self._derivatives = derivatives
        self._thresholds = thresholds

    @activity.defn(name=Stage.QC)
    def qc(self, step: StepInput) -> QcResult:
        """Judge sharpness and exposure; take the perceptual hash."""
        measures = self._derivatives.measures(step)
        report = judge(measures.quality, self._thresholds).to_json()
        return QcResult(report, QC_VERSION, f"{measures.phash:016x}")
