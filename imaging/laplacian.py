"""Sum and sum of squares of a plane's Laplacian, exactly, without computing the Laplacian.

With d the differences of a pixel to its four neighbours, the Laplacian is their sum, and its square
4 * (sum of d squared) - (sum of squared differences between any two of the neighbours). Summed over
a plane, each of these is a squared distance between the plane and itself shifted, which OpenCV has
in 8 bits at ten times the speed of a 16-bit Laplacian. Only the border needs a look of its own.
"""

import cv2
import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]

# Shift down and right, and how often the squared differences count: neighbours 4 from either end,
# the diagonals once for each of the two pixels that both are neighbours of.
_SHIFTS = ((0, 1, 8), (1, 0, 8), (0, 2, -1), (2, 0, -1), (1, 1, -2), (1, -1, -2))


def squares_in(luma: Luma, top: int, bottom: int) -> int:
    """The share of rows `top` to `bottom` in the plane's sum of squares, but for `border`."""
    return sum(weight * _distance(luma, top, bottom, *by) for *by, weight in _SHIFTS)


def _distance(luma: Luma, top: int, bottom: int, down: int, right: int) -> int:
    height, width = luma.shape
    bottom = min(bottom, height - down)
    if bottom <= top or width <= abs(right):
        return 0
    left, across = max(-right, 0), width - abs(right)
    first = luma[top:bottom, left : left + across]
    second = luma[top + down : bottom + down, left + right : left + right + across]
    # A square root squared in places, hence rounded: the sum itself is an integer.
    return round(cv2.norm(first, second, cv2.NORM_L2SQR))


def border(luma: Luma) -> tuple[int, int]:
    """The plane's sum, and what its border adds to the sum of squares.

    Beyond the border the plane is mirrored without repeating its edge (cv2's default), so that the
    neighbour inside counts twice. Inside, differences cancel out in the sum. The plane must have
    2 rows and columns or more.
    """
    total = squares = 0
    for edge, inner in (
        (luma[0], luma[1]),
        (luma[-1], luma[-2]),
        (luma[:, 0], luma[:, 1]),
        (luma[:, -1], luma[:, -2]),
    ):
        line = edge.astype(np.int64)
        inward = inner.astype(np.int64) - line
        total += int(inward.sum())
        squares += _inner_edge(line, inward[1:-1])
    corners = ((0, 0, 1, 1), (0, -1, 1, -2), (-1, 0, -2, 1), (-1, -1, -2, -2))
    for row, column, next_row, next_column in corners:
        here = int(luma[row, column])
        one, two = int(luma[next_row, column]) - here, int(luma[row, next_column]) - here
        squares += 3 * (one + two) ** 2 - 2 * (one * one + two * two)
    return total, squares


def _inner_edge(line: Integers, inward: Integers) -> int:
    """Of an edge without its corners: (sum of differences, the inner one twice) squared, less
    what `squares_in` counts there, which is the sum squared and the sum of squares."""
    before, after = line[:-2] - line[1:-1], line[2:] - line[1:-1]
    sums = before + after + inward
    squared = before * before + after * after + inward * inward
    return int((2 * sums * inward + inward * inward - squared).sum())
