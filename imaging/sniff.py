"""What a file is, by its content, and whether it may be decoded at all.

Every limit is checked here from headers alone: bytes, pixels, scans, decoder memory. The file's
name and declared content type play no part.
"""

from dataclasses import dataclass
from typing import Literal

from imaging import bmff, heic, jpeg, jpeg_blocks
from imaging.errors import ImageRejected, RejectCode
from imaging.exif import read_exif
from imaging.foreign import foreign_name, hidden_format
from imaging.jpeg import JpegHeader
from imaging.limits import Limits

HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))


@dataclass(frozen=True)
class Header:
    """A file that may be decoded.

    `coded_*` is the size as stored, `width` and `height` that of the upright picture.
    `orientation` (1..8, Exif) is what remains to be applied to decoded pixels: always 1 for HEIC,
    whose decoder applies the container's own transforms. `jpeg` is set for JPEG only.
    """

    format: Literal["jpeg", "heic"]
    content_type: str
    coded_width: int
    coded_height: int
    width: int
    height: int
    orientation: int
    icc: bytes | None = None
    jpeg: JpegHeader | None = None


def sniff(data: bytes, limits: Limits) -> Header:
    """Decide the format and check the limits; raises ImageRejected.

    A JPEG ends at its first EOI: the later pictures of an MPO, the gain map of an Ultra HDR and
    the video of a motion photo are ignored. A file that is at the same time an archive, a document
    or a page (polyglot) is refused, since it could be served to someone as that.
    """
    if not data:
        raise ImageRejected(RejectCode.EMPTY_FILE, "The file is empty; upload the photo again.")
    if len(data) > limits.max_bytes:
        raise ImageRejected(
            RejectCode.TOO_MANY_BYTES,
            f"The file has {_megabytes(len(data))} MB, the limit is "
            f"{_megabytes(limits.max_bytes)} MB; save the photo smaller and upload it again.",
        )
    if data.startswith(b"\xff\xd8\xff"):
        return _sniff_jpeg(data, limits)
    if bmff.brands(data) & HEIC_BRANDS and foreign_name(data) is None:
        return _sniff_heic(data, limits)
    raise _not_supported(data)


def _megabytes(count: int) -> str:
    return f"{count / 2**20:.1f}".removesuffix(".0")


def _not_supported(data: bytes) -> ImageRejected:
    name = foreign_name(data)
    if name is None:
        return ImageRejected(
            RejectCode.NOT_AN_IMAGE,
            "The file is not a picture; upload the photo as the camera saved it.",
        )
    return ImageRejected(
        RejectCode.UNSUPPORTED_FORMAT,
        f"The file is {name}, whatever its name says; send the photo as JPEG or HEIC.",
    )


def _refuse_polyglot(data: bytes, end: int) -> None:
    if name := hidden_format(data, end):
        raise ImageRejected(
            RejectCode.POLYGLOT,
            f"The file is a photo and {name} at once; save the photo anew and upload that.",
        )


def _check_pixels(pixels: int, width: int, height: int, limits: Limits) -> None:
    if pixels > limits.max_pixels:
        raise ImageRejected(
            RejectCode.TOO_MANY_PIXELS,
            f"The picture has {width} x {height} pixels, more than the limit of "
            f"{limits.max_pixels / 1e6:g} megapixels; set the camera to a smaller size.",
        )


def _sniff_jpeg(data: bytes, limits: Limits) -> Header:
    header = jpeg.parse_header(data)
    frame = header.frame
    _check_pixels(frame.width * frame.height, frame.width, frame.height, limits)
    if frame.precision != 8 or frame.lossless or len(frame.components) not in (1, 3, 4):
        raise ImageRejected(
            RejectCode.UNSUPPORTED_FORMAT,
            "The file is a special kind of JPEG (12-bit, lossless or with unusual components); "
            "save it as an ordinary JPEG.",
        )
    _check_memory(header, limits)
    scans = jpeg.walk_scans(data, header, limits.max_scans)
    if scans.count > limits.max_scans:
        raise ImageRejected(
            RejectCode.TOO_MANY_SCANS,
            f"The picture is stored in more than {limits.max_scans} passes, which no camera "
            "does; save it as an ordinary JPEG.",
        )
    _refuse_polyglot(data, scans.end)
    orientation = read_exif(data).orientation or 1
    size = (frame.width, frame.height)
    upright = size[::-1] if orientation >= 5 else size
    icc = jpeg_blocks.icc_profile(data, header.segments)
    return Header("jpeg", "image/jpeg", *size, *upright, orientation, icc, header)


def _check_memory(header: jpeg.JpegHeader, limits: Limits) -> None:
    needed = header.decoder_bytes
    if needed > limits.max_decoder_bytes:
        raise ImageRejected(
            RejectCode.MEMORY_LIMIT,
            f"Opening this picture takes {_megabytes(needed)} MB of memory; save it as an "
            "ordinary (baseline) JPEG or with fewer pixels.",
        )


def _sniff_heic(data: bytes, limits: Limits) -> Header:
    _refuse_polyglot(data, len(data))
    header = heic.parse_header(data)
    # Tiles overhang the picture's edge, so their sum may exceed it; not by a multiple, though.
    pixels = max(header.coded_width * header.coded_height, header.total_pixels // 2)
    _check_pixels(pixels, header.coded_width, header.coded_height, limits)
    coded = (header.coded_width, header.coded_height)
    return Header("heic", "image/heic", *coded, header.width, header.height, 1)
