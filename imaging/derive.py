"""One decode for everything that is derived from the pixels."""

from dataclasses import dataclass

import cv2
import pillow_heif

from imaging import turbojpeg
from imaging.decode import decode, luma
from imaging.errors import ImageRejected, RejectCode
from imaging.fingerprint import phash
from imaging.limits import Limits
from imaging.orient import is_transposed
from imaging.quality import QualityNumbers, measure
from imaging.sniff import Header, sniff
from imaging.thumbnails import make_thumbnails


@dataclass(frozen=True)
class Derived:
    """All that the pixels give; picklable. `width` and `height` are those of the upright picture.

    `thumbnails` maps the requested size (150, 600, 1200) to JPEG bytes, `thumb_px` to the real
    side in pixels, which is smaller when the original is (nothing is ever upscaled).
    """

    width: int
    height: int
    format: str
    quality: QualityNumbers
    phash: int
    thumbnails: dict[int, bytes]
    thumb_px: dict[int, int]


def derive(data: bytes, limits: Limits) -> Derived:
    """Derive everything from the bytes of one file.

    Raises ImageRejected, and nothing else that is the file's fault; MemoryError passes through,
    since it speaks of the machine's state. Both are picklable, so a process pool can call this.
    """
    header = sniff(data, limits)
    try:
        return _derive(data, header)
    except (ImageRejected, MemoryError):
        raise
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError(str(error)) from error
        raise _decoder_failed() from error
    except Exception as error:
        raise _decoder_failed() from error


def _derive(data: bytes, header: Header) -> Derived:
    raster = decode(data, header)
    plane = luma(raster)
    height, width = plane.shape[::-1] if is_transposed(raster.orientation) else plane.shape
    thumbnails = make_thumbnails(raster)
    return Derived(
        width=width,
        height=height,
        format=header.format,
        quality=measure(plane),
        phash=phash(plane, raster.orientation),
        thumbnails=thumbnails.files,
        thumb_px=thumbnails.sides,
    )


def _decoder_failed() -> ImageRejected:
    return ImageRejected(
        RejectCode.DECODER_FAILED,
        "The picture could not be opened; take the photo again or save it as an ordinary JPEG.",
    )


def configure() -> None:
    """Process-wide settings; a worker calls it once at start, before the first `derive`.

    One thread per image: the worker runs as many images at once as there are cores, and codecs
    that start threads of their own would only compete. Thumbnails and depth maps inside a HEIC
    are not looked at.
    """
    cv2.setNumThreads(1)
    turbojpeg.available()  # loads it now, once, also for processes that are forked from this one
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.options.DEPTH_IMAGES = False
    pillow_heif.options.AUX_IMAGES = False
