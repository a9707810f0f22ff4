"""Strict decoding of an accepted file to one array that everything else is made from."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import pillow_heif
import simplejpeg  # type: ignore[import-untyped]

from imaging import jpeg
from imaging.errors import ImageRejected, RejectCode
from imaging.jpeg import JpegHeader
from imaging.sniff import Header

Pixels = npt.NDArray[np.uint8]
ColorModel = Literal["gray", "ycc", "rgb", "cmyk"]

# Adobe APP14 with transform 0: "the components are what they are, convert nothing".
_NO_TRANSFORM = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
_TO_CMYK = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x02"
_STRIP_ROWS = 64
_HEIC_BYTES_PER_PIXEL = 6  # 4:2:0 planes twice (tile and picture), and RGB
_DISPLAY_P3_PRIMARIES = 12  # ISO/IEC 23091-2, colour_primaries


@dataclass(frozen=True)
class Raster:
    """A decoded picture, still as stored: `orientation` (Exif 1..8) is to be applied once.

    `pixels` is uint8: (H, W) for "gray", (H, W, 3) for "ycc" (full-range BT.601 Y, Cb, Cr, the
    file's own values) and "rgb", (H, W, 4) for "cmyk" (inverted, as Adobe stores it: 255 is no
    ink). `icc` is the embedded profile; `display_p3` says that a HEIC names those primaries
    without a profile.
    """

    pixels: Pixels
    model: ColorModel
    orientation: int
    icc: bytes | None = None
    display_p3: bool = False


def decode(data: bytes, header: Header, *, exact_chroma: bool = True) -> Raster:
    """Decode what `sniff` accepted; raises ImageRejected (truncated, corrupt, memory_limit).

    Any warning of the JPEG decoder is a rejection: it means that picture data is missing or
    damaged, and the decoder would fill in grey. `exact_chroma=False` repeats subsampled colour
    instead of interpolating it: 10 % faster, and the same picture after a 2 x 2 reduction.
    """
    if header.jpeg is not None:
        return _decode_jpeg(data, header, header.jpeg, exact_chroma)
    return _decode_heic(data, header)


def _decode_jpeg(data: bytes, header: Header, frame: JpegHeader, exact_chroma: bool) -> Raster:
    model: ColorModel
    space, marker = "RGB", _NO_TRANSFORM
    match frame.color_model:
        case "gray":
            model, space = "gray", "GRAY"
        case "rgb":
            model = "rgb"
        case "cmyk":
            model, space = "cmyk", "CMYK"
        case "ycck":
            model, space, marker = "cmyk", "CMYK", _TO_CMYK
        case _:
            model = "ycc"
    try:
        pixels = simplejpeg.decode_jpeg(
            _without_metadata(data, frame, marker), space, fastupsample=not exact_chroma
        )
    except ValueError as error:
        raise _jpeg_rejection(str(error)) from error
    flat = pixels[:, :, 0] if model == "gray" else pixels
    return Raster(flat, model, header.orientation, header.icc)


def _without_metadata(data: bytes, frame: JpegHeader, marker: bytes) -> bytes:
    """The same picture with only the segments that decoding needs, and our colour marker.

    Declaring that there is no colour transform makes the decoder hand out Y, Cb and Cr as stored
    (no library from PyPI decodes to YCbCr while refusing damage), and junk between the header's
    segments, which is harmless, does not count as damage.
    """
    kept = [s for s in frame.segments[:-1] if not (s.marker >= jpeg.APP0 and s.marker != 0xFF)]
    parts = [data[s.start : s.end] for s in kept]
    return b"".join((jpeg.SOI, marker, *parts, memoryview(data)[frame.scan_start :]))


def _jpeg_rejection(message: str) -> ImageRejected:
    if "memory" in message.lower():
        raise MemoryError(message)
    return jpeg.truncated() if "Premature end" in message else jpeg.corrupt()


def _decode_heic(data: bytes, header: Header) -> Raster:
    try:
        image = pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
        pixels = _as_pixels(np.asarray(image))
    except (ValueError, RuntimeError, OSError, EOFError, SyntaxError) as error:
        # Out of memory, the HEVC decoder says only that no picture came out: see if there is any.
        np.empty(header.coded_width * header.coded_height * _HEIC_BYTES_PER_PIXEL, np.uint8)
        raise _heic_rejection(str(error)) from error
    info = image.info
    nclx = info.get("nclx_profile") or {}
    icc = info.get("icc_profile") or None
    is_p3 = icc is None and nclx.get("color_primaries") == _DISPLAY_P3_PRIMARIES
    if pixels.ndim == 2 or pixels.shape[2] < 3:
        return Raster(pixels if pixels.ndim == 2 else pixels[..., 0], "gray", 1, icc)
    return Raster(pixels[..., :3], "rgb", 1, icc, is_p3)


def _heic_rejection(message: str) -> ImageRejected:
    lowered = message.lower()
    if "security limit" in lowered:
        return ImageRejected(
            RejectCode.MEMORY_LIMIT,
            "Opening this picture takes too much memory; set the camera to a smaller size.",
        )
    if "memory" in lowered:
        raise MemoryError(message)
    return jpeg.truncated() if "end of" in lowered else jpeg.corrupt()


def luma(raster: Raster) -> Pixels:
    """The (H, W) uint8 luma plane: the stored Y where there is one, else BT.601 grey of RGB."""
    if raster.model == "gray":
        return raster.pixels
    if raster.model == "ycc":
        return _as_pixels(cv2.extractChannel(raster.pixels, 0))
    if raster.model == "rgb":
        return _as_pixels(cv2.cvtColor(raster.pixels, cv2.COLOR_RGB2GRAY))
    plane: Pixels = np.empty(raster.pixels.shape[:2], np.uint8)
    for top in range(0, plane.shape[0], _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        plane[rows] = cv2.cvtColor(cmyk_to_rgb(raster.pixels[rows]), cv2.COLOR_RGB2GRAY)
    return plane


def cmyk_to_rgb(pixels: Pixels) -> Pixels:
    """Profile-less (H, W, 4) inverted CMYK to (H, W, 3) RGB: each ink multiplied with black."""
    ink = np.ascontiguousarray(pixels[:, :, :3])
    black = cv2.merge([pixels[:, :, 3]] * 3)
    return _as_pixels(cv2.multiply(ink, black, scale=1 / 255))


def _as_pixels(image: object) -> Pixels:
    assert isinstance(image, np.ndarray)
    return image
