"""Reducing square pictures: exact averages first, one interpolation last."""

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

_HALVED_FROM = 2.4  # times too large; below it, what an average aliases would show in PSNR
_FINE_BELOW = 300
# Weights of the neighbours at distance 1 and 2 in a low-pass filter, by the ratio of a reduction:
# the best found by PSNR against a Lanczos filter over photos and noisy scenes.
_RATIOS = (1.0, 1.15, 1.4, 1.6, 1.8, 2.1, 2.4)
_NEAR = (0.0, 0.07, 0.18, 0.23, 0.27, 0.31, 0.32)
_FAR = (0.0, -0.03, -0.06, -0.065, -0.065, -0.05, -0.035)


def shrink(image: Pixels, side: int) -> Pixels:
    """Reduce a square picture to `side` x `side`; never enlarges."""
    while image.shape[0] >= _HALVED_FROM * side:
        image = resize(image, -(-image.shape[0] // 2), cv2.INTER_AREA)
    if image.shape[0] <= side:
        return image
    return resize(_low_passed(image, image.shape[0] / side), side, cv2.INTER_CUBIC)


def _low_passed(image: Pixels, ratio: float) -> Pixels:
    """Without the frequencies that a cubic reduction by `ratio` (1..2.4) would alias."""
    near, far = (float(np.interp(ratio, _RATIOS, weights)) for weights in (_NEAR, _FAR))
    kernel = np.array([far, near, 1 - 2 * near - 2 * far, near, far])
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
