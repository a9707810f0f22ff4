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


def exif(data: bytes) -> dict[int, object]:
    """The tags of all three directories."""
    tags = Image.open(io.BytesIO(data)).getexif()
    return {**tags, **tags.get_ifd(0x8769), **tags.get_ifd(0x8825)}


def thumbnails(data: bytes) -> dict[int, bytes]:
    """One decode; each size by Pillow's Lanczos filter from the full picture."""
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    files = {size: io.BytesIO() for size in (150, 600, 1200)}
    for size, file in files.items():
        square = ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS)
        square.save(file, "JPEG", quality=85)
    return {size: file.getvalue() for size, file in files.items()}


def quality(data: bytes) -> tuple[float, float, float]:
    """Variance of the Laplacian, share of white pixels, share of black ones."""
    picture = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var())
    return sharpness, float(np.mean(grey == 255)), float(np.mean(grey == 0))


def fingerprint(data: bytes) -> str:
    """64 bits, in hex."""
    return str(imagehash.phash(ImageOps.exif_transpose(Image.open(io.BytesIO(data)))))
