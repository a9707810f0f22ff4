"""Smooth curves: natural cubic splines and uniform cubic B-splines, both twice continuous.

Curvature has to be continuous because clearcoat shows every kink of it as a bent reflection.
"""

from collections.abc import Sequence

import numpy as np

from studio.arrays import Numbers


class Spline:
    """A natural cubic spline through (position, value) pairs, constant slope beyond its ends."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        ordered = np.array(sorted(points), dtype=np.float64)
        self.x, self.y = ordered[:, 0], ordered[:, 1]
        self.m = self._second_derivatives()

    def _second_derivatives(self) -> Numbers:
        n, h = len(self.x), np.diff(self.x)
        system, right = np.eye(n), np.zeros(n)
        for i in range(1, n - 1):
            system[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
            right[i] = 6 * (
                (self.y[i + 1] - self.y[i]) / h[i] - (self.y[i] - self.y[i - 1]) / h[i - 1]
            )
        return np.linalg.solve(system, right)

    def __call__(self, at: Numbers | float) -> Numbers:
        """Values at the positions `at` (any shape)."""
        t = np.clip(np.asarray(at, dtype=np.float64), self.x[0], self.x[-1])
        i = np.clip(np.searchsorted(self.x, t) - 1, 0, len(self.x) - 2)
        h, a, b = self.x[i + 1] - self.x[i], self.x[i + 1] - t, t - self.x[i]
        cubic = (self.m[i] * a**3 + self.m[i + 1] * b**3) / (6 * h)
        left = (self.y[i] / h - self.m[i] * h / 6) * a
        value: Numbers = cubic + left + (self.y[i + 1] / h - self.m[i + 1] * h / 6) * b
        return value


def bspline_basis(controls: int, samples: int) -> Numbers:
    """Matrix (samples, controls) of the uniform cubic B-spline that starts and ends at its ends."""
    padded = np.concatenate([[0, 0], np.arange(controls), [controls - 1] * 2])
    spans = len(padded) - 3
    t = np.linspace(0, spans, samples)
    span = np.minimum(t.astype(int), spans - 1)
    f = t - span
    weights = (
        (1 - f) ** 3 / 6,
        (3 * f**3 - 6 * f**2 + 4) / 6,
        (-3 * f**3 + 3 * f**2 + 3 * f + 1) / 6,
        f**3 / 6,
    )
    basis = np.zeros((samples, controls))
    for offset, weight in enumerate(weights):
        np.add.at(basis, (np.arange(samples), padded[span + offset]), weight)
    return basis


def loft(rows: Numbers, samples: int) -> Numbers:
    """Surface (samples, s, 3) whose sections follow the B-spline of the control rows (r, s, 3)."""
    lofted: Numbers = np.tensordot(bspline_basis(len(rows), samples), rows, axes=1)
    return lofted


def half_ring(controls: Sequence[tuple[float, ...]], samples: int) -> Numbers:
    """Half a plan outline from centre line to centre line, mirrored about y = 0: (samples, d).

    Columns: x, y and, if the controls carry more, x, y of further outlines. The mirrored neighbours
    make the curve cross the centre line at a right angle. Samples are not equally spaced; see
    `by_length`.
    """
    points = np.array(controls, dtype=np.float64)
    flip = np.where(np.arange(points.shape[1]) % 2, -1.0, 1.0)
    padded = np.vstack([points[1] * flip, points, points[-2] * flip])
    spans = len(padded) - 3
    t = np.linspace(0, spans, samples)
    i = np.minimum(t.astype(int), spans - 1)
    f = (t - i)[:, None]
    near = (1 - f) ** 3 * padded[i] + (3 * f**3 - 6 * f**2 + 4) * padded[i + 1]
    far = (-3 * f**3 + 3 * f**2 + 3 * f + 1) * padded[i + 2] + f**3 * padded[i + 3]
    ring: Numbers = (near + far) / 6
    return ring


def by_length(curve: Numbers, samples: int) -> tuple[Numbers, Numbers]:
    """`curve` (n, d) resampled at equal arc lengths: points (samples, d), length from the start."""
    steps = np.hypot(*np.diff(curve[:, :2], axis=0).T)
    length = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, length[-1], samples)
    columns = [np.interp(at, length, curve[:, k]) for k in range(curve.shape[1])]
    return np.stack(columns, axis=1), at
