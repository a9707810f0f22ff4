"""Strict decoding of an accepted file to one raster that everything else is made from."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import pillow_heif
import simplejpeg  # type: ignore[import-untyped]

from imaging import jpeg, turbojpeg
from imaging.errors import ImageRejected, RejectCode
from imaging.jpeg import JpegHeader
from imaging.sniff import Header

Pixels = npt.NDArray[np.uint8]
ColorModel = Literal["gray", "ycc", "rgb", "cmyk"]

# Adobe APP14 segments. Transform 0: "the components are what they are, convert nothing".
_NO_TRANSFORM = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
_YCC = _NO_TRANSFORM[:-1] + b"\x01"
_YCCK = _NO_TRANSFORM[:-1] + b"\x02"
_STRIP_ROWS = 64
_HEIC_BYTES_PER_PIXEL = 6  # 4:2:0 planes twice (tile and picture), and RGB
_DISPLAY_P3_PRIMARIES = 12  # ISO/IEC 23091-2, colour_primaries


@dataclass(frozen=True)
class Chroma:
    """Stored colour of a "ycc" picture: Cb and Cr, uint8 (ceil(H / down), ceil(W / across)).

    Each sample lies in the middle of the `across` x `down` luma samples that it belongs to.
    """

    blue: Pixels
    red: Pixels
    across: int
    down: int


@dataclass(frozen=True)
class Raster:
    """A decoded picture, still as stored: `orientation` (Exif 1..8) is to be applied once.

    `pixels` is uint8: (H, W) for "gray" and for "ycc", where it is the file's own Y (full-range
    BT.601) and `chroma` has the rest; (H, W, 3) for "rgb"; (H, W, 4) for "cmyk" (inverted, as
    Adobe stores it: 255 is no ink). `icc` is the embedded profile; `display_p3` says that a HEIC
    names those primaries without a profile.
    """

    pixels: Pixels
    model: ColorModel
    orientation: int
    icc: bytes | None = None
    display_p3: bool = False
    chroma: Chroma | None = None


def decode(data: bytes, header: Header) -> Raster:
    """Decode what `sniff` accepted; raises ImageRejected (truncated, corrupt, memory_limit).

    Any warning of the JPEG decoder is a rejection: it means that picture data is missing or
    damaged, and the decoder would fill in grey.
    """
    if header.jpeg is not None:
        return _decode_jpeg(data, header, header.jpeg)
    return _decode_heic(data, header)


def _decode_jpeg(data: bytes, header: Header, frame: JpegHeader) -> Raster:
    try:
        match frame.color_model:
            case "gray":
                return _raster(header, "gray", _simple(data, frame, _NO_TRANSFORM, "GRAY")[:, :, 0])
            case "rgb":
                return _raster(header, "rgb", _simple(data, frame, _NO_TRANSFORM, "RGB"))
            case "cmyk":
                return _raster(header, "cmyk", _simple(data, frame, _NO_TRANSFORM, "CMYK"))
            case "ycck":
                return _raster(header, "cmyk", _simple(data, frame, _YCCK, "CMYK"))
            case _:
                luma, chroma = _decode_ycc(data, frame)
                return _raster(header, "ycc", luma, chroma)
    except (ValueError, turbojpeg.TurboJpegError) as error:
        raise _jpeg_rejection(str(error)) from error


def _raster(
    header: Header, model: ColorModel, pixels: Pixels, chroma: Chroma | None = None
) -> Raster:
    return Raster(pixels, model, header.orientation, header.icc, chroma=chroma)


def _decode_ycc(data: bytes, frame: JpegHeader) -> tuple[Pixels, Chroma]:
    """The stored planes; the same ones with and without the TurboJPEG library."""
    sampling = _sampling(frame)
    across, down = sampling or (1, 1)
    if sampling and turbojpeg.supports(sampling):
        layout = turbojpeg.Layout(frame.frame.width, frame.frame.height, sampling)
        luma, blue, red = turbojpeg.decode_planes(_without_metadata(data, frame, _YCC), layout)
        return luma, Chroma(blue, red, across, down)
    # Declaring that there is no colour transform makes the decoder hand out what is stored, and
    # its fast mode repeats subsampled colour: the first of each repetition is the stored sample.
    pixels = _simple(data, frame, _NO_TRANSFORM, "RGB", fastupsample=True)
    blue, red = _every(pixels[::down], across)
    return _as_pixels(cv2.extractChannel(pixels, 0)), Chroma(blue, red, across, down)


def _every(pixels: Pixels, across: int) -> tuple[Pixels, Pixels]:
    """The second and third channel of every `across`-th column."""
    rows, columns, _ = pixels.shape
    if columns % across:
        blue, red = (np.ascontiguousarray(pixels[:, ::across, index]) for index in (1, 2))
        return blue, red
    # The pixels that share a sample as one pixel of many channels: OpenCV is faster than strides.
    size = (rows, columns // across)
    both = (np.empty(size, np.uint8), np.empty(size, np.uint8))
    cv2.mixChannels([pixels.reshape(*size, 3 * across)], list(both), [1, 0, 2, 1])
    return both


def _sampling(frame: JpegHeader) -> tuple[int, int] | None:
    """Luma samples per chroma sample, across and down; None for mixtures that no camera writes."""
    luma, *chroma = ((c.horizontal, c.vertical) for c in frame.frame.components)
    return luma if all(c == (1, 1) for c in chroma) else None


def _simple(
    data: bytes, frame: JpegHeader, marker: bytes, space: str, *, fastupsample: bool = False
) -> Pixels:
    source = _without_metadata(data, frame, marker)
    return _as_pixels(simplejpeg.decode_jpeg(source, space, fastupsample=fastupsample))


def _without_metadata(data: bytes, frame: JpegHeader, marker: bytes) -> bytes:
    """The same picture with only the segments that decoding needs, and our colour marker.

    Junk between the header's segments, which is harmless, does not count as damage then.
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
    # libheif calls a grid of no extent a memory allocation error, though it is the file's fault.
    if "memory" in lowered and "invalid image size" not in lowered:
        raise MemoryError(message)
    return jpeg.truncated() if "end of" in lowered else jpeg.corrupt()


def luma(raster: Raster) -> Pixels:
    """The (H, W) uint8 luma plane: the stored Y where there is one, else BT.601 grey of RGB."""
    if raster.model in ("gray", "ycc"):
        return raster.pixels
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
