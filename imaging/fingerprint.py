"""Fingerprints: a cryptographic one of the file, a perceptual one of the picture."""

import hashlib

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from imaging.lanczos import SIDE, reduce_rows
from imaging.orient import flip, is_transposed, orient

Luma = npt.NDArray[np.uint8]
_SMALL = 2**20  # pixels; up to here Pillow's own reduction is cheap enough


def phash(luma: Luma, orientation: int = 1) -> int:
    """imagehash.phash (64 bit, unsigned) of an (H, W) uint8 plane once upright.

    The plane is the whole frame, not the square crop. Bit 63 is the first of imagehash's array, so
    `f"{value:016x}"` equals str() of its hash.

    imagehash reduces the picture to 32 x 32 with Pillow's Lanczos filter. Pictures with flat or
    symmetric content have many coefficients near the median, where one grey level in one of those
    pixels turns several bits: from a plane that was averaged down first, the hash of a car before a
    studio wall is 10 bits off. So the filter is followed exactly: rows first, then columns.
    """
    if luma.size <= _SMALL or min(luma.shape) < SIDE:
        small = orient(luma, orientation)
    else:
        rows = flip(reduce_rows(luma, transposed=is_transposed(orientation)), orientation)
        small = reduce_rows(rows, transposed=True).T
    image = Image.fromarray(np.ascontiguousarray(small))
    return int(str(imagehash.phash(image)), 16)


def hamming(a: int, b: int) -> int:
    """How many of the 64 bits differ."""
    return (a ^ b).bit_count()


def sha256_hex(data: bytes) -> str:
    """SHA-256 of the file in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()
