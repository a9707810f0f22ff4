"""Sharpness and exposure: numbers first, a verdict from thresholds second."""

from dataclasses import asdict, dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

QC_VERSION = 1
_STRIP_ROWS = 64
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
    It is summed exactly from strips that stay in the processor's cache: 16-bit Laplacian values
    and their squares add up to integers far below 2**53.
    """
    height, width = luma.shape
    # Reused over the strips: fresh memory would cost more in page faults than the arithmetic.
    edges_buffer = np.empty((_STRIP_ROWS + 2, width), np.int16)
    inverse_buffer = np.empty((_STRIP_ROWS, width), np.uint8)
    total = squares = 0.0
    white = nonzero = 0
    for top in range(0, height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, height)
        rows = luma[top:bottom]
        around = luma[max(top - 1, 0) : bottom + 1]
        edges = cv2.Laplacian(around, cv2.CV_16S, dst=edges_buffer[: len(around)])
        edges = edges[min(top, 1) :][: bottom - top]
        total += cv2.sumElems(edges)[0]
        squares += cv2.norm(edges, cv2.NORM_L2SQR)
        inverse = cv2.bitwise_not(rows, dst=inverse_buffer[: len(rows)])
        nonzero += cv2.countNonZero(rows)
        white += rows.size - cv2.countNonZero(inverse)
    count = height * width
    mean = total / count
    return QualityNumbers(squares / count - mean * mean, white / count, 1 - nonzero / count)
