"""The header of a HEIC still picture: its size, its transforms, what a decoder would allocate.

Sizes come from three places that a hostile file can set apart: the declared extent (`ispe`), the
grid's own descriptor, and the sequence parameters of the video stream (`hvcC`), which is what the
codec really allocates. All are read here, before the decoder sees the file.
"""

from dataclasses import dataclass

from imaging import bmff
from imaging.bmff import Box, Container, Item
from imaging.errors import ImageRejected, RejectCode
from imaging.jpeg import corrupt, truncated

_SPS = 33
_CODED_TYPES = frozenset((b"hvc1", b"hev1"))
_MAX_TILES = 4096


@dataclass(frozen=True)
class HeicHeader:
    """The primary picture: declared size, upright size, and all pixels its decoding touches."""

    coded_width: int
    coded_height: int
    width: int
    height: int
    total_pixels: int


def parse_header(data: bytes) -> HeicHeader:
    """Read the primary picture's header; raises ImageRejected.

    The orientation is that of the container (`irot`, `imir`), which decoders apply by themselves;
    an Exif orientation in a HEIC is informative only (ISO/IEC 23008-12, A.2.1) and not applied.
    """
    container = bmff.read_container(data)
    primary = container.items.get(container.primary or 0)
    if primary is None:
        raise _without_still_picture(container)
    parts = _parts(container)
    if not all(p.type in _CODED_TYPES for p in parts):
        raise ImageRejected(
            RejectCode.UNSUPPORTED_FORMAT,
            "This HEIF file does not hold an HEVC picture; send a JPEG or an ordinary HEIC.",
        )
    for item in (primary, *parts):
        _require_complete(data, item)
    coded = _extent(data, primary)
    sizes = [coded, *(_largest(data, p) for p in parts)]
    if primary.type == b"grid":
        sizes.append(_grid_size(data, primary, len(parts)))
    canvas = max(w * h for w, h in sizes if (w, h) != (0, 0))
    width, height = _upright(data, primary, coded)
    total = max(canvas, sum(w * h for w, h in sizes[1 : 1 + len(parts)]))
    return HeicHeader(*coded, width, height, total)


def _without_still_picture(container: Container) -> ImageRejected:
    if container.brands & {b"msf1", b"hevc", b"hevx"}:
        return ImageRejected(
            RejectCode.ANIMATED_OR_MULTI,
            "This file is a sequence of pictures, not one photo; send a single still picture.",
        )
    return corrupt()


def _parts(container: Container) -> list[Item]:
    """The coded items that the primary picture consists of, an alpha plane included."""
    number = container.primary or 0
    primary = container.items[number]
    sources: tuple[int, ...] = (number,)
    if primary.type in (b"grid", b"iden"):
        sources = container.references.get((b"dimg", number), ())
    auxiliary = [
        source
        for (kind, source), targets in container.references.items()
        if kind == b"auxl" and {number, *sources} & set(targets)
    ]
    found = [container.items.get(n, Item()) for n in (*sources, *auxiliary)]
    coded = found[: len(sources)]
    coded += [i for i in found[len(sources) :] if i.type in _CODED_TYPES]
    if not sources or len(sources) > _MAX_TILES:
        raise corrupt()
    return coded


def _require_complete(data: bytes, item: Item) -> None:
    if not item.extents:
        raise corrupt()
    for extent in item.extents:
        if extent.offset + extent.length > len(data):
            raise truncated()


def _extent(data: bytes, item: Item) -> tuple[int, int]:
    """Declared width and height (`ispe`)."""
    for box in item.properties:
        if box.type == b"ispe" and box.end - box.start >= 12:
            width = int.from_bytes(data[box.start + 4 : box.start + 8], "big")
            height = int.from_bytes(data[box.start + 8 : box.start + 12], "big")
            if width and height:
                return width, height
    raise corrupt()


def _largest(data: bytes, item: Item) -> tuple[int, int]:
    """The larger of what a coded item declares and what its video stream will allocate."""
    declared = _extent(data, item)
    streams = [s for b in item.properties if b.type == b"hvcC" for s in _stream_sizes(data, b)]
    return max([declared, *streams], key=lambda size: size[0] * size[1])


def _grid_size(data: bytes, item: Item, tiles: int) -> tuple[int, int]:
    """Output size of a grid (ISO/IEC 23008-12, 6.6.2.3.2)."""
    body = bmff.item_bytes(data, item, 12)
    size = 4 if len(body) > 1 and body[1] & 1 else 2
    if len(body) < 4 + 2 * size or (body[2] + 1) * (body[3] + 1) > tiles:
        raise corrupt()
    width = int.from_bytes(body[4 : 4 + size], "big")
    return width, int.from_bytes(body[4 + size : 4 + 2 * size], "big")


def _upright(data: bytes, item: Item, size: tuple[int, int]) -> tuple[int, int]:
    """Size after the crop (`clap`) and rotation (`irot`) properties, in their order."""
    width, height = size
    for box in item.properties:
        body = data[box.start : box.end]
        if box.type == b"irot" and body and body[0] & 1:
            width, height = height, width
        elif box.type == b"clap" and len(body) >= 16:
            width, height = (_clap_side(body, i, n) for i, n in ((0, width), (8, height)))
    return width, height


def _clap_side(body: bytes, at: int, side: int) -> int:
    numerator = int.from_bytes(body[at : at + 4], "big")
    denominator = int.from_bytes(body[at + 4 : at + 8], "big")
    return min(side, max(1, numerator // denominator)) if denominator else side


def _stream_sizes(data: bytes, box: Box) -> list[tuple[int, int]]:
    """Luma sizes in the sequence parameter sets of an `hvcC` box (ISO/IEC 14496-15, 8.3.3.1)."""
    body = data[box.start : box.end]
    sizes, position = [], 23
    for _ in range(body[22] if len(body) > 22 else 0):
        kind, units = body[position] & 63, int.from_bytes(body[position + 1 : position + 3], "big")
        position += 3
        for _ in range(units):
            length = int.from_bytes(body[position : position + 2], "big")
            unit = body[position + 2 : position + 2 + length]
            position += 2 + length
            if position > len(body):
                raise corrupt()
            if kind == _SPS:
                sizes.append(_sps_size(unit))
        if position >= len(body):
            break
    return sizes


def _sps_size(unit: bytes) -> tuple[int, int]:
    """Coded luma size of a sequence parameter set (ITU-T H.265, 7.3.2.2)."""
    bits = _Bits(unit[2:].replace(b"\0\0\3", b"\0\0"))
    bits.read(4)
    sub_layers = bits.read(3)
    bits.read(1 + 96)
    present = [(bits.read(1), bits.read(1)) for _ in range(8)] if sub_layers else []
    for profile, level in present[:sub_layers]:
        bits.read(88 * profile + 8 * level)
    bits.golomb()
    if bits.golomb() == 3:
        bits.read(1)
    return bits.golomb(), bits.golomb()


class _Bits:
    """Reads bits from the front; raises ImageRejected (corrupt) past the end."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data[:512], "big"), 8 * min(len(data), 512)

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise corrupt()
        return self._value >> self._left & ((1 << count) - 1)

    def golomb(self) -> int:
        """An unsigned Exp-Golomb code (ITU-T H.265, 9.2)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
        return (1 << zeros) - 1 + self.read(zeros)
