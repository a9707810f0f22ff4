"""Exif's TIFF structure, read one field at a time so that a broken field costs only itself.

Own reader instead of Pillow's: Pillow stops at the first entry that it cannot parse (losing the
good ones after it), reports through `warnings`, whose filters are global to all threads, and turns
1/0 into NaN and unknown values into exceptions far from their cause.
"""

import struct
from dataclasses import dataclass

Rational = tuple[int, int]
Value = tuple[int, ...] | tuple[float, ...] | tuple[Rational, ...] | bytes

_EXIF_IFD, _GPS_IFD, _MAKER_NOTE = 0x8769, 0x8825, 0x927C
_MAX_ENTRIES = 1000
_MAX_VALUE_BYTES = 65_536
# Field types of TIFF 6.0 section 2 (and 129, UTF-8, of Exif 3.0): bytes per value, struct code.
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}
_RATIONALS = {5: "I", 10: "i"}
_FLOATS = {11: "f", 12: "d"}


@dataclass(frozen=True)
class _Entry:
    kind: int
    count: int
    offset: int


class Tiff:
    """A TIFF block; `ifd0`, `exif` and `gps` give the value of a tag, or None."""

    def __init__(self, block: bytes) -> None:
        self._block = block
        self._order = ">" if block[:2] == b"MM" else "<"
        valid = block[:4] in (b"II*\0", b"MM\0*")
        first = self._integers("I", 4) if valid else None
        self._ifd0 = self._directory(first[0] if first else None)
        self._exif = self._directory(self._pointer(_EXIF_IFD))
        self._gps = self._directory(self._pointer(_GPS_IFD))

    def ifd0(self, tag: int) -> Value | None:
        return self._value(self._ifd0.get(tag))

    def exif(self, tag: int) -> Value | None:
        return self._value(self._exif.get(tag))

    def gps(self, tag: int) -> Value | None:
        return self._value(self._gps.get(tag))

    def canon(self, tag: int) -> Value | None:
        """A value of Canon's maker note, which is a directory of this block without a header."""
        note = self._exif.get(_MAKER_NOTE)
        start = self._integers("I", note.offset) if note and note.count > 4 else None
        return self._value(self._directory(start[0]).get(tag)) if start else None

    def _pointer(self, tag: int) -> int | None:
        entry = self._ifd0.get(tag)
        start = self._integers("I", entry.offset) if entry and entry.kind in (4, 13) else None
        return start[0] if start else None

    def _integers(self, code: str, offset: int, count: int = 1) -> tuple[int, ...] | None:
        try:
            return struct.unpack_from(f"{self._order}{count}{code}", self._block, offset)
        except struct.error:
            return None

    def _directory(self, offset: int | None) -> dict[int, _Entry]:
        """Entries by tag; empty when the directory does not fit into the block."""
        head = self._integers("H", offset) if offset is not None else None
        if head is None or offset is None or offset + 2 + 12 * head[0] > len(self._block):
            return {}
        entries: dict[int, _Entry] = {}
        for at in range(offset + 2, offset + 2 + 12 * min(head[0], _MAX_ENTRIES), 12):
            tag, kind, count = struct.unpack_from(f"{self._order}HHI", self._block, at)
            entries.setdefault(tag, _Entry(kind, count, at + 8))
        return entries

    def _value(self, entry: _Entry | None) -> Value | None:
        if entry is None or entry.kind not in _SIZES:
            return None
        size = _SIZES[entry.kind] * entry.count
        pointer = self._integers("I", entry.offset) if size > 4 else (entry.offset,)
        if pointer is None or not 0 < size <= _MAX_VALUE_BYTES:
            return None
        at = pointer[0]
        if at + size > len(self._block):
            return None
        if entry.kind in _INTEGERS:
            return self._integers(_INTEGERS[entry.kind], at, entry.count)
        if entry.kind in _FLOATS:
            code = f"{self._order}{entry.count}{_FLOATS[entry.kind]}"
            return struct.unpack_from(code, self._block, at)
        if entry.kind in _RATIONALS:
            flat = self._integers(_RATIONALS[entry.kind], at, 2 * entry.count) or ()
            return tuple(zip(flat[::2], flat[1::2], strict=True))
        return self._block[at : at + size]
