"""Mutations that know the formats: JPEG segments, TIFF entries, ISO-BMFF boxes, plain bytes."""

import re
import struct
from collections.abc import Callable
from random import Random

_CONTAINERS = (b"meta", b"iprp", b"ipco", b"iinf", b"iref", b"dinf", b"grpl", b"moov")
_ODD = (0, 1, 2, 3, 7, 8, 15, 16, 127, 128, 255, 256, 32767, 32768, 65535, 2**31 - 1, 2**31)
_MARKERS = bytes.fromhex("c0c1c2c3c4c9d0d9dadbdde1e2eefe")
_SEGMENT = re.compile(rb"\xff[\xc0-\xcf\xda-\xdf\xe0-\xef\xfe]")

Mutation = Callable[[Random, bytearray, bytes], None]


def mutated(random: Random, file: bytes, other: bytes) -> bytes:
    """One to six mutations of `file`; some take material from `other`."""
    data = bytearray(file)
    kinds = _JPEG if data.startswith(b"\xff\xd8") else _HEIC
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 6))):
        random.choice(kinds)(random, data, other)
    return bytes(data)


def _number(random: Random, size: int) -> bytes:
    value = random.choice(_ODD) if random.random() < 0.8 else random.getrandbits(8 * size)
    order = random.choice(("big", "little"))
    number = value % (1 << 8 * size)
    return number.to_bytes(size, "big" if order == "big" else "little")


def _at(random: Random, data: bytearray) -> int:
    """A place; the headers, where all the decisions are, twice as often as the rest."""
    end = min(len(data), 2048) if random.random() < 0.5 else len(data)
    return random.randrange(end) if end else 0


def flip(random: Random, data: bytearray, _: bytes) -> None:
    """Flip a bit."""
    if data:
        data[_at(random, data)] ^= 1 << random.randrange(8)


def poke(random: Random, data: bytearray, _: bytes) -> None:
    """Overwrite a number of 1 to 4 bytes."""
    size, at = random.choice((1, 1, 2, 2, 4)), _at(random, data)
    data[at : at + size] = _number(random, size)


def cut(random: Random, data: bytearray, _: bytes) -> None:
    """Take a piece out."""
    at = _at(random, data)
    del data[at : at + random.choice((1, 2, 4, 16, 100, 1000))]


def truncate(random: Random, data: bytearray, _: bytes) -> None:
    """Drop the end."""
    del data[_at(random, data) :]


def repeat(random: Random, data: bytearray, _: bytes) -> None:
    """Repeat a piece, at times very often."""
    at, size = _at(random, data), random.choice((1, 2, 8, 64, 512))
    times = random.choice((1, 1, 2, 30))
    data[at:at] = bytes(data[at : at + size]) * times


def splice(random: Random, data: bytearray, other: bytes) -> None:
    """Overwrite or insert a piece of another file."""
    size = random.choice((4, 32, 256, 2048))
    start, at = random.randrange(max(len(other) - size, 1)), _at(random, data)
    data[at : at + random.choice((0, size))] = other[start : start + size]


def _segments(data: bytes | bytearray) -> list[tuple[int, int]]:
    """Start and end of what looks like marker segments, in the order of the file."""
    found = []
    for match in _SEGMENT.finditer(data):
        start = match.start()
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        if end <= len(data):
            found.append((start, end))
    return found


def segment(random: Random, data: bytearray, other: bytes) -> None:
    """Drop, repeat, move, relabel, resize or replace a whole JPEG segment, or poke inside one."""
    spans = _segments(data)
    if not spans:
        return
    start, end = random.choice(spans)
    body = bytes(data[start:end])
    deed = random.randrange(7)
    if deed == 0:
        del data[start:end]
    elif deed == 1:
        place = random.choice(spans)[0]
        data[place:place] = body * random.choice((1, 1, 2, 20))
    elif deed == 2:
        data[start + 1] = random.choice(_MARKERS)
    elif deed == 3:
        data[start + 2 : start + 4] = _number(random, 2)
    elif deed == 4:
        theirs = _segments(other)
        if theirs:
            a, b = random.choice(theirs)
            data[start : random.choice((start, end))] = other[a:b]
    else:
        at = start + 2 + random.randrange(max(end - start - 2, 1))
        data[at : at + 1] = _number(random, 1)


def frame(random: Random, data: bytearray, _: bytes) -> None:
    """Change what the JPEG's frame header says: size, precision, components, sampling."""
    spans = [s for s, e in _segments(data) if data[s + 1] in (0xC0, 0xC1, 0xC2) and e - s > 10]
    if spans:
        at = spans[0] + random.choice((1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17))
        data[at : at + 1] = _number(random, 1)


def tiff_entry(random: Random, data: bytearray, _: bytes) -> None:
    """Change one field of a 12-byte directory entry in the EXIF block."""
    head = re.search(rb"II\*\0|MM\0\*", data)
    if head is None:
        return
    base = head.start()
    order = "<" if data[base] == ord("I") else ">"
    known = (0x010F, 0x0112, 0x829A, 0x8827, 0x8769, 0x8825, 0x9003, 0x9011, 0x927C, 1, 2, 4)
    places = [
        m.start()
        for tag in known
        for m in re.finditer(re.escape(struct.pack(f"{order}H", tag)), data[base : base + 4096])
    ]
    if not places:
        return
    at = base + random.choice(places)
    field, size = random.choice(((0, 2), (2, 2), (4, 4), (8, 4)))
    data[at + field : at + field + size] = _number(random, size)


def _boxes(data: bytes | bytearray, start: int, end: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    while end - start >= 8 and len(found) < 500:
        size = int.from_bytes(data[start : start + 4], "big")
        if not 8 <= size <= end - start:
            break
        found.append((start, start + size))
        kind = bytes(data[start + 4 : start + 8])
        if kind in _CONTAINERS:
            skip = {b"meta": 12, b"iinf": 14, b"iref": 12}.get(kind, 8)
            found += _boxes(data, start + skip, start + size)
        start += size
    return found


def box(random: Random, data: bytearray, other: bytes) -> None:
    """Relabel, resize, repeat, drop or replace a box, or poke inside one other than mdat."""
    spans = [s for s in _boxes(data, 0, len(data)) if data[s[0] + 4 : s[0] + 8] != b"mdat"]
    if not spans:
        return
    start, end = random.choice(spans)
    deed = random.randrange(10)
    if deed == 0:
        data[start : start + 4] = _number(random, 4)
    elif deed == 1:
        a, _ = random.choice(spans)
        data[start + 4 : start + 8] = data[a + 4 : a + 8]
    elif deed == 2:
        place = random.choice(spans)[0]
        data[place:place] = data[start:end] * random.choice((1, 3))
    elif deed == 3:
        theirs = _boxes(other, 0, len(other))
        a, b = random.choice(theirs) if theirs else (0, 0)
        data[start:end] = other[a:b]
    elif end - start > 8:
        size = random.choice((1, 1, 2, 4))
        at = random.randrange(start + 8, end)
        data[at : at + size] = _number(random, size)


def picture_data(random: Random, data: bytearray, _: bytes) -> None:
    """Damage the coded picture itself, in the last part of the file."""
    if data:
        at = random.randrange(len(data) * 3 // 4, len(data))
        data[at : at + 1] = _number(random, 1)


_PLAIN: tuple[Mutation, ...] = (flip, poke, cut, truncate, repeat, splice, picture_data)
_JPEG = (*_PLAIN, segment, segment, segment, segment, frame, frame, tiff_entry, tiff_entry)
_HEIC = (*_PLAIN, box, box, box, box, box, box, picture_data, tiff_entry)
