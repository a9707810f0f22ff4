"""What is embedded in a JPEG's header: colour profile, Exif block, XMP packet."""

from imaging.jpeg import Segment

_APP1, _APP2 = 0xE1, 0xE2


def icc_profile(data: bytes, segments: tuple[Segment, ...]) -> bytes | None:
    """The ICC profile put together from its APP2 chunks in their order; None when there is none."""
    chunks = [
        data[s.body + 12 : s.end]
        for s in segments
        if s.marker == _APP2 and data.startswith(b"ICC_PROFILE\0", s.body) and s.end - s.body > 14
    ]
    return b"".join(c[2:] for c in sorted(chunks, key=lambda c: c[0])) or None


def exif_block(data: bytes, segments: tuple[Segment, ...]) -> bytes | None:
    """The TIFF structure of the Exif APP1 segments, joined when a camera split it."""
    prefix = b"Exif\0"
    parts = [
        data[s.body + 6 : s.end]
        for s in segments
        if s.marker == _APP1 and data.startswith(prefix, s.body)
    ]
    return b"".join(parts) or None


def xmp_packet(data: bytes, segments: tuple[Segment, ...]) -> bytes | None:
    """The main XMP packet (XML), without its extension segments."""
    prefix = b"http://ns.adobe.com/xap/1.0/\0"
    for s in segments:
        if s.marker == _APP1 and data.startswith(prefix, s.body):
            return data[s.body + len(prefix) : s.end]
    return None
