"""Exif orientations (1..8) on arrays: a transposition for 5..8, then a flip."""

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
# cv2.flip codes: 1 left-right, 0 top-bottom, -1 both (after the transposition for 5..8).
_FLIPS = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}


def is_transposed(orientation: int) -> bool:
    """Whether width and height change places."""
    return orientation >= 5


def flip(image: Pixels, orientation: int) -> Pixels:
    """Only the flip of an orientation, for an array that is transposed already where needed."""
    code = _FLIPS.get(orientation)
    return image if code is None else np.asarray(cv2.flip(image, code), np.uint8)


def orient(image: Pixels, orientation: int) -> Pixels:
    """An (H, W) or (H, W, C) array made upright."""
    if is_transposed(orientation):
        image = np.asarray(cv2.transpose(image), np.uint8)
    return flip(image, orientation)
