"""Reducing square pictures: exact averages first, one interpolation last."""

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

_FINE_BELOW = 300


def shrink(image: Pixels, side: int) -> Pixels:
    """Reduce a square picture to `side` x `side`; never enlarges."""
    halved = False
    while image.shape[0] >= 2 * side:
        image = resize(image, -(-image.shape[0] // 2), cv2.INTER_AREA)
        halved = True
    if image.shape[0] <= side:
        return image
    return resize(_soften(image, image.shape[0] / side, halved), side, cv2.INTER_CUBIC)


def _soften(image: Pixels, ratio: float, halved: bool) -> Pixels:
    """Blur just enough that a cubic reduction by `ratio` (1..2) does not alias.

    Found by PSNR against a Lanczos filter over ratios and scenes; an average that went before
    (`halved`) has done part of it, so that 12 MP pictures need none.
    """
    strength = min(0.17, 0.25 * (ratio - 1.08)) - (0.05 if halved else 0.0)
    if strength <= 0:
        return image
    kernel = np.array([strength, 1 - 2 * strength, strength])
    return np.asarray(cv2.sepFilter2D(image, -1, kernel, kernel), np.uint8)


def shrink_finely(image: Pixels, side: int) -> Pixels:
    """As `shrink`, for small results: averages down to less than 4 times, then a Lanczos filter.

    An exact half is averaged when it is large: there the eye, SSIM and PSNR see no difference.
    """
    if image.shape[0] == 2 * side and side > _FINE_BELOW:
        return resize(image, side, cv2.INTER_AREA)
    while image.shape[0] >= 4 * side and image.shape[0] % 2 == 0:
        image = resize(image, image.shape[0] // 2, cv2.INTER_AREA)
    if image.shape[0] <= side:
        return image
    smooth = Image.fromarray(image).resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(smooth, np.uint8)


def shrink_colour(plane: Pixels, side: int) -> Pixels:
    """As `shrink`, for Cb and Cr, where a softer and cheaper filter looks the same."""
    while plane.shape[0] >= 2 * side:
        plane = resize(plane, -(-plane.shape[0] // 2), cv2.INTER_AREA)
    return plane if plane.shape[0] <= side else resize(plane, side, cv2.INTER_LINEAR)


def resize(image: Pixels, side: int, method: int) -> Pixels:
    """To `side` x `side` by an interpolation of OpenCV."""
    return np.asarray(cv2.resize(image, (side, side), interpolation=method), np.uint8)
