"""The array types that the room speaks in."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

F32: TypeAlias = npt.NDArray[np.float32]
I32: TypeAlias = npt.NDArray[np.int32]
U8: TypeAlias = npt.NDArray[np.uint8]
Bool: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[Any]


def f32(values: npt.ArrayLike) -> F32:
    """`values` as a contiguous float32 array."""
    return np.ascontiguousarray(values, dtype=np.float32)


def dot(a: Numbers, b: Numbers) -> F32:
    """Row-wise dot product of two (n, 3) arrays: (n,)."""
    product: F32 = a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2]
    return product


def unit(vectors: F32) -> F32:
    """Rows of (n, 3) scaled to length one; a zero row stays zero."""
    length = np.sqrt(dot(vectors, vectors))
    return f32(vectors / np.maximum(length, np.float32(1e-12))[:, None])


def smoothstep(low: float, high: float, values: Numbers) -> Numbers:
    """Hermite step from 0 at `low` to 1 at `high`."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    step: Numbers = t * t * (3.0 - 2.0 * t)
    return step
