"""Sharpness and exposure: numbers first, a verdict from thresholds second."""

from dataclasses import asdict, dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from imaging.laplacian import border, squares_in

QC_VERSION = 1
_STRIP_ROWS = 96
Luma = npt.NDArray[np.uint8]


class Verdict(StrEnum):
    """Outcome of one check; `overall` is the worst of them."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class QualityNumbers:
    """What was measured on luma: Laplacian variance, shares (0..1) of pixels at 255 and at 0."""

    sharpness: float
    white_share: float
    black_share: float


@dataclass(frozen=True)
class Thresholds:
    """Below `sharpness_fail` fails, below `sharpness_warn` warns; a larger share fails."""

    sharpness_fail: float = 100.0
    sharpness_warn: float = 300.0
    clipped_share_fail: float = 0.05


@dataclass(frozen=True)
class QualityVerdict:
    """The verdicts together with the numbers and thresholds that they follow from."""

    sharpness: Verdict
    exposure: Verdict
    overall: Verdict
    numbers: QualityNumbers
    thresholds: Thresholds
    qc_version: int = QC_VERSION

    def to_json(self) -> dict[str, object]:
        """A JSON object: overall, sharpness, exposure, numbers, thresholds, qc_version."""
        return {
            "overall": self.overall.value,
            "sharpness": self.sharpness.value,
            "exposure": self.exposure.value,
            "numbers": asdict(self.numbers),
            "thresholds": asdict(self.thresholds),
            "qc_version": self.qc_version,
        }


def judge(numbers: QualityNumbers, thresholds: Thresholds) -> QualityVerdict:
    """Apply thresholds to numbers; pure, so verdicts can be made again when thresholds change.

    Exposure fails when pure white and pure black together exceed `clipped_share_fail`.
    """
    clipped = numbers.white_share + numbers.black_share
    sharpness = Verdict.PASS
    if numbers.sharpness < thresholds.sharpness_fail:
        sharpness = Verdict.FAIL
    elif numbers.sharpness <= thresholds.sharpness_warn:
        sharpness = Verdict.WARN
    exposure = Verdict.FAIL if clipped > thresholds.clipped_share_fail else Verdict.PASS
    overall = max(sharpness, exposure, key=list(Verdict).index)
    return QualityVerdict(sharpness, exposure, overall, numbers, thresholds)


def measure(luma: Luma) -> QualityNumbers:
    """Measure an (H, W) uint8 luma plane.

    Sharpness is the variance of cv2.Laplacian (aperture 1, mirrored border) over the whole plane.
    It is summed exactly, in integers, from strips that stay in the processor's cache.
    """
    # Mirrored, a single line is its own neighbour: three of them measure the same.
    for axis in (0, 1):
        luma = np.repeat(luma, 3, axis) if luma.shape[axis] == 1 else luma
    height, width = luma.shape
    # Reused over the strips: fresh memory would cost more in page faults than the arithmetic.
    inverse_buffer = np.empty((_STRIP_ROWS, width), np.uint8)
    total, squares = border(luma)
    zeros = whites = count = height * width
    for top in range(0, height, _STRIP_ROWS):
        rows = luma[top : top + _STRIP_ROWS]
        squares += squares_in(luma, top, top + _STRIP_ROWS)
        zeros -= cv2.countNonZero(rows)
        whites -= cv2.countNonZero(np.invert(rows, out=inverse_buffer[: len(rows)]))
    mean = total / count
    return QualityNumbers(squares / count - mean * mean, whites / count, zeros / count)
