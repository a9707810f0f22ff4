"""The JPEG container: its header segments, its scans, and where it ends.

Nothing here decodes. Layout from ITU-T T.81 annex B; JFIF and Adobe segments as libjpeg reads
them, because the decoder must come to the same conclusions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from imaging.errors import ImageRejected, RejectCode

SOI = b"\xff\xd8"
SOS, EOI, APP0, APP14 = 0xDA, 0xD9, 0xE0, 0xEE
_STANDALONE = frozenset((0x01, *range(0xD0, 0xDA)))
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_LOSSLESS = frozenset((0xC3, 0xC7, 0xCB, 0xCF))
_MAX_SEGMENTS = 4096
_BYTES_PER_BLOCK = 128
_WINDOW = 2**18  # bytes looked at together: few enough to stay in the processor's cache

_TRUNCATED = "The file ends before the picture does; take the photo again or upload it again."
_CORRUPT = "The picture data is damaged; take the photo again or upload it again."


@dataclass(frozen=True)
class Segment:
    """One header segment: `start` is its 0xFF byte, `body` follows the length, `end` is past it."""

    marker: int
    start: int
    body: int
    end: int


@dataclass(frozen=True)
class Component:
    """One colour component of the frame: identifier and sampling factors."""

    identifier: int
    horizontal: int
    vertical: int


@dataclass(frozen=True)
class Frame:
    """The frame header (SOF): size in pixels, sample precision in bits, components."""

    marker: int
    precision: int
    width: int
    height: int
    components: tuple[Component, ...]

    @property
    def progressive(self) -> bool:
        return self.marker in _PROGRESSIVE

    @property
    def lossless(self) -> bool:
        return self.marker in _LOSSLESS


@dataclass(frozen=True)
class JpegHeader:
    """What the header says. `scan_start` is the offset of the first SOS marker."""

    frame: Frame
    segments: tuple[Segment, ...]
    scan_start: int
    scan_components: int
    jfif: bool
    adobe_transform: int | None

    @property
    def color_model(self) -> str:
        """ "gray", "ycc", "rgb", "cmyk" or "ycck", by the rules of libjpeg's jdapimin.c."""
        count = len(self.frame.components)
        if count == 1:
            return "gray"
        if count == 4:
            return "ycck" if self.adobe_transform == 2 else "cmyk"
        if self.jfif:
            return "ycc"
        if self.adobe_transform is not None:
            return "rgb" if self.adobe_transform == 0 else "ycc"
        return "rgb" if bytes(c.identifier for c in self.frame.components) == b"RGB" else "ycc"

    @property
    def buffered(self) -> bool:
        """Whether a decoder must hold all coefficients: progressive, or several scans."""
        return self.frame.progressive or self.scan_components < len(self.frame.components)

    @property
    def decoder_bytes(self) -> int:
        """What decoding allocates: the output plane set, and the coefficients when buffered."""
        frame = self.frame
        output = frame.width * frame.height * len(frame.components)
        if not self.buffered:
            return output
        across = max(c.horizontal for c in frame.components)
        down = max(c.vertical for c in frame.components)
        mcus = -(-frame.width // (8 * across)) * -(-frame.height // (8 * down))
        blocks = sum(c.horizontal * c.vertical for c in frame.components)
        return output + mcus * blocks * _BYTES_PER_BLOCK


@dataclass(frozen=True)
class Scans:
    """How many scans the picture has and where it ends (offset past EOI)."""

    count: int
    end: int


def truncated() -> ImageRejected:
    """The rejection for a file that stops too early."""
    return ImageRejected(RejectCode.TRUNCATED, _TRUNCATED)


def corrupt() -> ImageRejected:
    """The rejection for a file whose bytes contradict themselves."""
    return ImageRejected(RejectCode.CORRUPT, _CORRUPT)


def iter_segments(data: bytes) -> Iterator[Segment]:
    """Yield the segments from SOI up to and including the first SOS.

    Bytes between segments that belong to none are skipped, as every decoder does; raises
    ImageRejected (truncated, corrupt) where the walk cannot go on.
    """
    position = len(SOI)
    for _ in range(_MAX_SEGMENTS):
        start = _next_marker(data, position)
        marker = data[start + 1]
        if marker in _STANDALONE:
            if marker == EOI:
                raise corrupt()
            position = start + 2
            continue
        if start + 4 > len(data):
            raise truncated()
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        if end < start + 4:
            raise corrupt()
        if end > len(data):
            raise truncated()
        yield Segment(marker, start, start + 4, end)
        if marker == SOS:
            return
        position = end
    raise corrupt()


def _next_marker(data: bytes, position: int) -> int:
    """Offset of the 0xFF of the next marker at or after `position`."""
    found = _MARKER_OR_RESTART.search(data, position)
    if found is None:
        raise truncated()
    return found.start()


_MARKER_OR_RESTART = re.compile(rb"\xff[^\x00\xff]")


def parse_header(data: bytes) -> JpegHeader:
    """Read the header up to the first scan; raises ImageRejected (truncated, corrupt)."""
    segments = tuple(iter_segments(data))
    frames = [s for s in segments if s.marker in _SOF]
    if len(frames) != 1:
        raise corrupt()
    scan = segments[-1]
    if scan.end <= scan.body:
        raise corrupt()
    return JpegHeader(
        frame=_parse_frame(data, frames[0]),
        segments=segments,
        scan_start=scan.start,
        scan_components=data[scan.body],
        jfif=any(_is_jfif(data, s) for s in segments),
        adobe_transform=_adobe_transform(data, segments),
    )


def _parse_frame(data: bytes, segment: Segment) -> Frame:
    body = data[segment.body : segment.end]
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise corrupt()
    width, height = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
    parts = (body[6 + 3 * i : 9 + 3 * i] for i in range(body[5]))
    components = tuple(Component(p[0], p[1] >> 4, p[1] & 15) for p in parts)
    sampled = all(1 <= c.horizontal <= 4 and 1 <= c.vertical <= 4 for c in components)
    if not (width and height and components and sampled):
        raise corrupt()
    return Frame(segment.marker, body[0], width, height, components)


def _is_jfif(data: bytes, segment: Segment) -> bool:
    body = data[segment.body : segment.end]
    return segment.marker == APP0 and len(body) >= 14 and body.startswith(b"JFIF\0")


def _adobe_transform(data: bytes, segments: tuple[Segment, ...]) -> int | None:
    for segment in segments:
        body = data[segment.body : segment.end]
        if segment.marker == APP14 and len(body) >= 12 and body.startswith(b"Adobe"):
            return body[11]
    return None


def walk_scans(data: bytes, header: JpegHeader, max_scans: int) -> Scans:
    """Count the scans up to EOI, stopping at `max_scans` + 1 (then `end` is where it stopped).

    Raises ImageRejected (truncated) when no EOI follows, also if only its two bytes are missing:
    a file that was cut in its last scan line cannot be told from one that was cut after it.
    """
    count, position = 1, header.segments[-1].end
    for start in _iter_markers(data, position):
        if start < position:
            continue
        marker = data[start + 1]
        if marker == EOI:
            return Scans(count, start + 2)
        position = start + 2
        if marker not in _STANDALONE:
            position += int.from_bytes(data[position : position + 2], "big")
        count += marker == SOS
        if count > max_scans:
            return Scans(count, position)
    raise truncated()


def _iter_markers(data: bytes, position: int) -> Iterator[int]:
    """Offsets of 0xFF followed by neither stuffing, fill nor a restart marker."""
    everything = np.frombuffer(data, np.uint8)
    for start in range(position, len(data) - 1, _WINDOW):
        first = everything[start : start + _WINDOW]
        second = everything[start + 1 : start + 1 + _WINDOW]
        candidates = np.flatnonzero((first[: len(second)] == 0xFF) & (second != 0))
        after = second[candidates]
        kept = candidates[(after != 0xFF) & (after & 0xF8 != 0xD0)]
        yield from (start + kept).tolist()
