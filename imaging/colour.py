"""Colour management for thumbnails: anything to 8-bit sRGB.

sRGB and Display P3 (every iPhone) are recognised by their numbers and handled by table and matrix;
other profiles go through LittleCMS. A profile that cannot be used counts as sRGB, which is what
viewers do.
"""

import struct
from functools import lru_cache
from io import BytesIO
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

Pixels = npt.NDArray[np.uint8]
_MAX_PROFILE = 4 * 2**20
_TOLERANCE = 0.002
# Columns rXYZ, gXYZ, bXYZ adapted to D50, as profiles store them (IEC 61966-2-1; SMPTE EG 432-1).
_SRGB = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]])
_P3 = np.array([[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]])
_P3_TO_SRGB = (np.linalg.inv(_SRGB) @ _P3).astype(np.float32)


def _decode_srgb(encoded: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _encode_srgb(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


_TO_LINEAR = np.rint(_decode_srgb(np.arange(256) / 255) * 65535).astype(np.uint16)
_FROM_LINEAR = np.rint(_encode_srgb(np.arange(65536) / 65535) * 255).astype(np.uint8)


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """A small sRGB ICC profile (version 4), the same bytes on every day and machine."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)  # header: date of creation
    return bytes(profile)


@lru_cache(maxsize=32)
def classify(icc: bytes | None) -> Literal["srgb", "p3", "other"]:
    """Whether an RGB profile is sRGB or Display P3 within rounding; None and junk are "srgb"."""
    if icc is None or len(icc) > _MAX_PROFILE or len(icc) < 132:
        return "srgb"
    if icc[16:20] != b"RGB ":
        return "other"
    tags = _tags(icc)
    columns = [_xyz(tags.get(name, b"")) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    curves = all(_is_srgb_curve(tags.get(name, b"")) for name in (b"rTRC", b"gTRC", b"bTRC"))
    if not curves or b"A2B0" in tags:
        return "other"
    matrix = np.array(columns).T
    if np.abs(matrix - _SRGB).max() < _TOLERANCE:
        return "srgb"
    return "p3" if np.abs(matrix - _P3).max() < _TOLERANCE else "other"


def _tags(icc: bytes) -> dict[bytes, bytes]:
    count = min(int.from_bytes(icc[128:132], "big"), 100)
    found = {}
    for at in range(132, 132 + 12 * count, 12):
        entry = icc[at : at + 12]
        if len(entry) == 12:
            offset, size = struct.unpack(">2I", entry[4:])
            found[entry[:4]] = icc[offset : offset + size]
    return found


def _xyz(tag: bytes) -> tuple[float, ...]:
    if tag[:4] != b"XYZ " or len(tag) < 20:
        return (0.0, 0.0, 0.0)
    return tuple(v / 65536 for v in struct.unpack(">3i", tag[8:20]))


def _is_srgb_curve(tag: bytes) -> bool:
    """Whether a tone curve follows sRGB within 0.4 %: parametric type 3, or a sampled table."""
    if tag[:4] == b"para" and tag[8:10] == b"\0\3" and len(tag) >= 32:
        parameters = [v / 65536 for v in struct.unpack(">5i", tag[12:32])]
        wanted = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
        return all(abs(p - w) < _TOLERANCE for p, w in zip(parameters, wanted, strict=True))
    count = int.from_bytes(tag[8:12], "big")
    if tag[:4] != b"curv" or not 64 <= count <= 65_536 or len(tag) < 12 + 2 * count:
        return False
    table = np.frombuffer(tag, ">u2", count, 12) / 65535
    return bool(np.abs(table - _decode_srgb(np.linspace(0, 1, count))).max() < 0.004)


def p3_to_srgb(rgb: Pixels) -> Pixels:
    """Display P3 (H, W, 3) to sRGB; colours outside sRGB are clipped, as LittleCMS does."""
    linear = cv2.transform(cv2.LUT(rgb, _TO_LINEAR), _P3_TO_SRGB)
    return np.asarray(cv2.LUT(linear, _FROM_LINEAR), np.uint8)


def to_srgb(pixels: Pixels, icc: bytes | None) -> Pixels | None:
    """Any (H, W), (H, W, 3) or (H, W, 4) array (grey, RGB, inverted CMYK) through its profile.

    None when the profile is broken or does not belong to that kind of picture.
    """
    mode = {2: "L", 3: "RGB"}.get(pixels.ndim, "RGB")
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        mode, pixels = "CMYK", ~pixels
    transform = _transform(icc, mode) if icc else None
    if transform is None:
        return None
    image = Image.frombytes(mode, pixels.shape[1::-1], np.ascontiguousarray(pixels).tobytes())
    converted = transform.apply(image)
    return np.asarray(converted)


@lru_cache(maxsize=16)
def _transform(icc: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    if len(icc) > _MAX_PROFILE:
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(icc))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, target, mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
