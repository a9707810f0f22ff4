"""What must hold for any bytes at all: the whole imaging entry, watched from inside."""

import gc
import io
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

import imaging
from imaging.derive import Derived, derive
from imaging.errors import ImageRejected
from imaging.exif import read_exif
from imaging.limits import Limits
from imaging.sniff import Header, sniff
from imaging.thumbnails import SIZES

if TYPE_CHECKING:
    from _typeshed import TraceFunction

LIMITS = Limits(max_bytes=4 * 2**20, max_pixels=4_000_000, max_decoder_bytes=64 * 2**20)
"""Tighter than in production, so that most of the time goes into many files, not large ones."""

_HOME = str(Path(imaging.__file__).parent)
_SAME_TWICE = 4


@dataclass(frozen=True)
class Report:
    """How one file ended ("derived" or a rejection's code) and the ways it took in imaging/.

    `ways` are pairs of lines executed after each other that this process had not seen before.
    """

    ending: str
    ways: frozenset[tuple[str, int, int]]


_seen: set[tuple[str, int, int]] = set()


def examine(data: bytes) -> Report:
    """Run one file through everything; raises AssertionError, or whatever escaped, on a find."""
    found: set[tuple[str, int, int]] = set()
    sys.settrace(_tracer(found))
    try:
        ending = check(data)
    finally:
        sys.settrace(None)
    ways = frozenset(found - _seen)
    _seen.update(ways)
    return Report(ending, ways)


def check(data: bytes) -> str:
    """The invariants; returns how the file ended."""
    exif = read_exif(data)
    json.dumps(exif.to_json(), allow_nan=False)
    assert exif.orientation in (None, *range(1, 9))
    try:
        header = sniff(data, LIMITS)
        derived = derive(data, LIMITS)
    except ImageRejected as rejection:
        return rejection.code.value
    check_result(header, derived)
    if len(data) % _SAME_TWICE == 0:
        # Memory that nobody wrote to, another photo's perhaps, would differ.
        dirty = np.full(header.coded_width * header.coded_height * 3, len(data) & 255, np.uint8)
        del dirty
        assert derive(data, LIMITS) == derived, "two results for the same bytes"
    return "derived"


def check_result(header: Header, derived: Derived) -> None:
    """Sizes, numbers and thumbnails are such as a reader may rely on."""
    assert 0 < derived.width * derived.height <= LIMITS.max_pixels
    assert derived.format == header.format
    if header.format == "jpeg":
        assert (derived.width, derived.height) == (header.width, header.height)
    quality = derived.quality
    assert math.isfinite(quality.sharpness)
    assert quality.sharpness >= -1e-6
    assert 0 <= quality.white_share <= 1
    assert 0 <= quality.black_share <= 1
    assert quality.white_share + quality.black_share <= 1 + 1e-9
    assert 0 <= derived.phash < 2**64
    assert set(derived.thumbnails) == set(derived.thumb_px) == set(SIZES)
    for size, file in derived.thumbnails.items():
        check_thumbnail(file, derived.thumb_px[size], size)


def check_thumbnail(file: bytes, side: int, size: int) -> None:
    """An ordinary square JPEG, no larger than asked, without private metadata."""
    assert 0 < side <= size
    with Image.open(io.BytesIO(file)) as image:
        image.load()
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (side, side))
        assert not image.getexif()


def _tracer(found: set[tuple[str, int, int]]) -> "TraceFunction":
    previous: dict[int, int] = {}

    def on_line(frame: FrameType, event: str, _: object) -> "TraceFunction":
        key, line = id(frame), frame.f_lineno
        found.add((frame.f_code.co_name, previous.get(key, 0), line))
        previous[key] = line
        if event == "return":
            previous.pop(key, None)
        return on_line

    def on_call(frame: FrameType, _event: str, _arg: object) -> "TraceFunction | None":
        return on_line if frame.f_code.co_filename.startswith(_HOME) else None

    return on_call


def prepare() -> None:
    """Settings of a worker, and no pauses for garbage of other files."""
    from imaging.derive import configure

    configure()
    gc.freeze()
