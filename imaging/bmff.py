"""The ISO base media file format as far as a HEIC still picture needs it: boxes and items.

Nothing here decodes. Structure from ISO/IEC 14496-12 (boxes) and ISO/IEC 23008-12 (items).
An own reader, because sizes must be known before a decoder library sees the first byte, and
metadata must be readable from files whose pixels are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from imaging.errors import ImageRejected
from imaging.jpeg import corrupt, truncated

_MAX_ENTRIES = 16_384


@dataclass(frozen=True)
class Box:
    """One box: its type, and the range of its content in the file."""

    type: bytes
    start: int
    end: int


@dataclass(frozen=True)
class Extent:
    """A piece of an item: absolute offset in the file, and length."""

    offset: int
    length: int


@dataclass
class Item:
    """One item: its type (hvc1, grid, Exif, ...), properties in order, and where its bytes are."""

    type: bytes = b""
    content_type: bytes = b""
    properties: list[Box] = field(default_factory=list)
    extents: list[Extent] = field(default_factory=list)


@dataclass
class Container:
    """The `meta` box, read. `references` maps (type, from item) to the items pointed at."""

    brands: frozenset[bytes]
    primary: int | None = None
    items: dict[int, Item] = field(default_factory=dict)
    references: dict[tuple[bytes, int], tuple[int, ...]] = field(default_factory=dict)


class _Cursor:
    """Reads big-endian integers from a range; raises ImageRejected (corrupt) past its end."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data, self.position, self._end = data, start, end

    def uint(self, size: int) -> int:
        start, self.position = self.position, self.position + size
        if self.position > self._end:
            raise corrupt()
        return int.from_bytes(self._data[start : self.position], "big")

    def count(self, size: int) -> int:
        value = self.uint(size)
        if value > _MAX_ENTRIES:
            raise corrupt()
        return value

    def version_and_flags(self) -> tuple[int, int]:
        return self.uint(1), self.uint(3)


def iter_boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes in a range; raises ImageRejected when one does not fit into it."""
    for _ in range(_MAX_ENTRIES):
        if end - start < 8:
            return
        size, kind, head = (
            int.from_bytes(data[start : start + 4], "big"),
            data[start + 4 : start + 8],
            8,
        )
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        elif size == 0:
            size = end - start
        if size < head:
            raise corrupt()
        if start + size > end:
            raise truncated()
        yield Box(kind, start + head, start + size)
        start += size
    raise corrupt()


def brands(data: bytes) -> frozenset[bytes]:
    """Major and compatible brands of the leading `ftyp` box; empty when there is none."""
    if data[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(data[:4], "big"), len(data), 1024)
    offsets = [8, *range(16, end - 3, 4)]
    return frozenset(data[o : o + 4] for o in offsets)


def read_container(data: bytes) -> Container:
    """Read the item structure; raises ImageRejected (truncated, corrupt)."""
    container = Container(brands(data))
    for box in iter_boxes(data, 0, len(data)):
        if box.type == b"meta" and not container.items:
            _read_meta(data, box, container)
    return container


def read_container_leniently(data: bytes) -> Container:
    """As `read_container`, but keeps what was read when the rest of the file is broken."""
    container = Container(brands(data))
    try:
        for box in iter_boxes(data, 0, len(data)):
            if box.type == b"meta" and not container.items:
                _read_meta(data, box, container)
    except ImageRejected:
        pass
    return container


def _read_meta(data: bytes, meta: Box, container: Container) -> None:
    inner = {box.type: box for box in iter_boxes(data, meta.start + 4, meta.end)}
    if box := inner.get(b"pitm"):
        cursor = _Cursor(data, box.start, box.end)
        container.primary = cursor.uint(2 if cursor.version_and_flags()[0] == 0 else 4)
    if box := inner.get(b"iinf"):
        _read_item_infos(data, box, container)
    if box := inner.get(b"iref"):
        _read_references(data, box, container)
    if box := inner.get(b"iprp"):
        _read_properties(data, box, container)
    if box := inner.get(b"iloc"):
        _read_locations(data, box, inner.get(b"idat"), container)


def _read_item_infos(data: bytes, box: Box, container: Container) -> None:
    cursor = _Cursor(data, box.start, box.end)
    cursor.count(2 if cursor.version_and_flags()[0] == 0 else 4)
    for entry in iter_boxes(data, cursor.position, box.end):
        infe = _Cursor(data, entry.start, entry.end)
        version, _ = infe.version_and_flags()
        if entry.type != b"infe" or version < 2:
            continue
        number = infe.uint(2 if version == 2 else 4)
        infe.uint(2)
        kind = infe.uint(4).to_bytes(4, "big")
        names = data[infe.position : entry.end].split(b"\0")
        content_type = names[1] if kind == b"mime" and len(names) > 1 else b""
        container.items[number] = Item(kind, content_type)


def _read_references(data: bytes, box: Box, container: Container) -> None:
    cursor = _Cursor(data, box.start, box.end)
    size = 2 if cursor.version_and_flags()[0] == 0 else 4
    for entry in iter_boxes(data, cursor.position, box.end):
        one = _Cursor(data, entry.start, entry.end)
        source = one.uint(size)
        targets = tuple(one.uint(size) for _ in range(one.count(2)))
        key = (entry.type, source)
        container.references[key] = container.references.get(key, ()) + targets


def _read_properties(data: bytes, box: Box, container: Container) -> None:
    inner = list(iter_boxes(data, box.start, box.end))
    known = [p for b in inner if b.type == b"ipco" for p in iter_boxes(data, b.start, b.end)]
    for association in (b for b in inner if b.type == b"ipma"):
        cursor = _Cursor(data, association.start, association.end)
        version, flags = cursor.version_and_flags()
        size, mask = (2, 0x7FFF) if flags & 1 else (1, 0x7F)
        for _ in range(cursor.count(4)):
            item = container.items.setdefault(cursor.uint(2 if version == 0 else 4), Item())
            indices = [cursor.uint(size) & mask for _ in range(cursor.uint(1))]
            item.properties += [known[i - 1] for i in indices if 1 <= i <= len(known)]


def _read_locations(data: bytes, box: Box, idat: Box | None, container: Container) -> None:
    cursor = _Cursor(data, box.start, box.end)
    version, _ = cursor.version_and_flags()
    sizes = cursor.uint(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    for _ in range(cursor.count(2 if version < 2 else 4)):
        item = container.items.setdefault(cursor.uint(2 if version < 2 else 4), Item())
        method = cursor.uint(2) & 15 if version else 0
        cursor.uint(2)
        base = cursor.uint(base_size) + (idat.start if method == 1 and idat else 0)
        for _ in range(cursor.count(2)):
            cursor.uint(index_size)
            offset = base + cursor.uint(offset_size)
            item.extents.append(Extent(offset, cursor.uint(length_size)))


def item_bytes(data: bytes, item: Item, limit: int) -> bytes:
    """The first `limit` bytes of an item; shorter when the file is."""
    parts: list[bytes] = []
    for extent in item.extents:
        length = min(extent.length or len(data), limit)
        parts.append(data[extent.offset : extent.offset + length])
        limit -= len(parts[-1])
    return b"".join(parts)
