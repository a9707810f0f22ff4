"""The comparison: the same results in the obvious way, each step opening the file for itself."""

import hashlib
import io

import cv2
import imagehash
import numpy as np
from PIL import Image, ImageOps


def work(data: bytes) -> None:
    """Every step, each from the bytes of the file."""
    hashlib.sha256(data).hexdigest()
    exif(data)
    thumbnails(data)
    quality(data)
    fingerprint(data)


def exif(data: bytes) -> None:
    tags = Image.open(io.BytesIO(data)).getexif()
    dict(tags), dict(tags.get_ifd(0x8769)), dict(tags.get_ifd(0x8825))


def thumbnails(data: bytes) -> None:
    """One decode; each size by Pillow's Lanczos filter from the full picture."""
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    for size in (150, 600, 1200):
        square = ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS)
        square.save(io.BytesIO(), "JPEG", quality=85)


def quality(data: bytes) -> None:
    picture = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    cv2.Laplacian(grey, cv2.CV_64F).var()
    np.mean(grey == 255), np.mean(grey == 0)


def fingerprint(data: bytes) -> None:
    imagehash.phash(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
