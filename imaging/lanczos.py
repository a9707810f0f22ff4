"""Pillow's Lanczos reduction of rows to 32 pixels, to the last grey level, at a sixth of its cost.

Pillow adds up 8-bit samples times 22-bit fixed-point weights, one output at a time. Here most of it
is a banded matrix product in single precision; the few sums that come so close to a rounding
boundary that single precision could decide wrongly are added up again exactly.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

SIDE = 32
_SUPPORT = 3  # lobes of the filter on each side (Pillow, Resample.c)
_UNIT = 1 << 22  # fixed-point one of Resample.c for 8-bit samples
_BANDS = 16  # a row is weighted in this many pieces, each of which concerns few outputs
_DOUBT = 2e-3  # of a grey level; single precision is off by 5e-4 at most over 60 000 pixels
# Multiplications per matrix product: few enough that BLAS does not start threads of its own.
_PRODUCT = 250_000


@dataclass(frozen=True)
class _Column:
    """All weights of one output, in fixed-point units, from pixel `start` on."""

    start: int
    weights: Doubles


@dataclass(frozen=True)
class _Plan:
    """The filter for one row width.

    `weights` is (bands, pixels of a band, outputs of a band), `scatter` is (bands * outputs of a
    band, 32) and puts each band's sums where they belong, `columns` are the same weights exactly.
    """

    weights: Floats
    scatter: Floats
    columns: tuple[_Column, ...]

    @property
    def rows(self) -> int:
        """How many rows to take at a time."""
        return max(1, _PRODUCT // max(int(self.weights[0].size), int(self.scatter.size)))


def reduce_rows(luma: Luma, *, transposed: bool = False) -> Luma:
    """(H, W) uint8 to (H, 32), each row by itself; of the transposed plane if asked.

    Equals Pillow's `resize((32, H), Resampling.LANCZOS)` of an "L" image; W must be at least 32.
    """
    upright = luma.T if transposed else luma
    height, width = upright.shape
    plan = _plan(width)
    bands, band, outputs = plan.weights.shape
    step = plan.rows
    total = np.empty((height, SIDE), np.float32)
    samples = np.zeros((step, bands * band), np.float32)
    sums = np.empty((step, bands, outputs), np.float32)
    for top in range(0, height, step):
        count = min(step, height - top)
        block = luma[:, top : top + step] if transposed else luma[top : top + step]
        np.copyto(samples[:count, :width], cv2.transpose(block) if transposed else block)
        pieces = samples[:count].reshape(count, bands, band).transpose(1, 0, 2)
        np.matmul(pieces, plan.weights, out=sums[:count].transpose(1, 0, 2))
        flat = sums[:count].reshape(count, bands * outputs)
        np.matmul(flat, plan.scatter, out=total[top : top + count])
    return _rounded(total, upright, plan.columns)


def _rounded(total: Floats, luma: Luma, columns: tuple[_Column, ...]) -> Luma:
    total += 0.5
    doubtful = np.abs(total - np.rint(total)) < _DOUBT
    for output in np.flatnonzero(doubtful.any(axis=0)):
        rows, column = np.flatnonzero(doubtful[:, output]), columns[output]
        samples = luma[rows, column.start : column.start + len(column.weights)]
        exact = samples.astype(np.float64) @ column.weights + _UNIT / 2
        total[rows, output] = np.floor(exact / _UNIT)
    return total.clip(0, 255).astype(np.uint8)


@lru_cache(maxsize=16)
def _plan(width: int) -> _Plan:
    columns = _columns(width)
    band = -(-width // _BANDS)
    matrix = np.zeros((_BANDS, band, SIDE))
    flat = matrix.reshape(-1, SIDE)
    for output, column in enumerate(columns):
        flat[column.start : column.start + len(column.weights), output] = column.weights / _UNIT
    used = [np.flatnonzero(part.any(axis=0)) for part in matrix]
    count = max(int(u[-1] - u[0]) + 1 if len(u) else 1 for u in used)
    weights = np.empty((_BANDS, band, count), np.float32)
    scatter = np.zeros((_BANDS, count, SIDE), np.float32)
    for index, outputs in enumerate(used):
        first = min(int(outputs[0]) if len(outputs) else 0, SIDE - count)
        weights[index] = matrix[index][:, first : first + count]
        scatter[index, :, first : first + count] = np.eye(count)
    return _Plan(weights, scatter.reshape(-1, SIDE), columns)


def _columns(width: int) -> tuple[_Column, ...]:
    """The weights of Resample.c: normalised, then rounded to fixed point."""
    scale = width / SIDE
    columns = []
    for output in range(SIDE):
        centre = (output + 0.5) * scale
        start = max(0, int(centre - _SUPPORT * scale + 0.5))
        stop = min(width, int(centre + _SUPPORT * scale + 0.5))
        distance = (np.arange(start, stop) - centre + 0.5) / scale
        weights = np.sinc(distance) * np.sinc(distance / _SUPPORT)
        weights *= np.abs(distance) < _SUPPORT
        fixed = weights / weights.sum() * _UNIT
        columns.append(_Column(start, np.trunc(fixed + np.copysign(0.5, fixed))))
    return tuple(columns)
