"""The image work of the six activities, as the worker does it: one decode for all of them."""

import io
from collections.abc import Callable

import numpy as np
import pillow_heif
import simplejpeg  # type: ignore[import-untyped]
from PIL import Image

from imaging import turbojpeg
from imaging.decode import decode
from imaging.derive import Derived, derive
from imaging.exif import read_exif
from imaging.fingerprint import sha256_hex
from imaging.limits import Limits
from imaging.quality import Thresholds, judge
from imaging.sniff import sniff
from imaging.thumbnails import QUALITY, make_thumbnails

LIMITS = Limits()


def work(data: bytes) -> None:
    """Every step, from the bytes of the file."""
    download(data)
    exif(data)
    derived = derive(data, LIMITS)  # by the first step that asks; the others find what it left
    thumbnails(derived)
    quality(derived)
    fingerprint(derived)


def download(data: bytes) -> str:
    return sha256_hex(data)


def exif(data: bytes) -> dict[str, object]:
    return read_exif(data).to_json()


def thumbnails(derived: Derived) -> dict[int, bytes]:
    return derived.thumbnails


def quality(derived: Derived) -> dict[str, object]:
    return judge(derived.quality, Thresholds()).to_json()


def fingerprint(derived: Derived) -> str:
    return f"{derived.phash:016x}"


def thumbnails_alone(data: bytes) -> dict[int, bytes]:
    """Only the three thumbnails, from the bytes of the file."""
    return make_thumbnails(decode(data, sniff(data, LIMITS))).files


def entropy_floor(data: bytes) -> None:
    """Decoding to an eighth: all of the file is read, and next to nothing made of it."""
    photo = Image.open(io.BytesIO(data))
    photo.draft("L", (1, 1))
    photo.load()


def bound_decoder() -> str:
    """The name of the decoder that `bound` measures with."""
    return "TurboJPEG to planes" if turbojpeg.available() else "simplejpeg to interleaved YCbCr"


def bound(data: bytes) -> Callable[[], None]:
    """What no design can go below: one full decode to Y, Cb, Cr, and encoding the thumbnails."""
    frame = sniff(data, LIMITS).jpeg
    assert frame is not None
    luma, *_ = frame.frame.components
    layout = turbojpeg.Layout(
        frame.frame.width, frame.frame.height, (luma.horizontal, luma.vertical)
    )
    squares = [_planes(file) for file in thumbnails_alone(data).values()]

    def run() -> None:
        if turbojpeg.supports(layout.sampling):
            turbojpeg.decode_planes(data, layout)
        else:
            simplejpeg.decode_jpeg(data, "RGB", fastupsample=True)
        for planes in squares:
            simplejpeg.encode_jpeg_yuv_planes(*planes, QUALITY)

    return run


def _planes(file: bytes) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    raster = decode(file, sniff(file, LIMITS))
    assert raster.chroma is not None
    planes = (raster.pixels, raster.chroma.blue, raster.chroma.red)
    return [np.ascontiguousarray(plane) for plane in planes]


def decode_heic(data: bytes) -> None:
    """Only decoding, as `imaging.decode` does it."""
    np.asarray(pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True))
