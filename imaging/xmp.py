"""The few camera fields of an XMP packet, for files whose Exif block lacks or broke them.

Matched by pattern, not by an XML parser: packets come cut, nested and hostile, entities must not
expand, and only six scalar properties are wanted. Property names from the XMP specification,
part 2 (Exif schema).
"""

import html
import re
from fractions import Fraction

from imaging import exif_values as values

_MAX_BYTES = 262_144
_COORDINATE = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])")


class Xmp:
    """One XMP packet; every reader gives None for what is absent or senseless."""

    def __init__(self, packet: bytes) -> None:
        self._text = packet[:_MAX_BYTES].decode("utf-8", "replace")

    def text(self, name: str) -> str | None:
        """The value of a property such as "tiff:Make", attribute or element, first list item."""
        quoted = re.escape(name)
        items = r"(?:\s*<rdf:(?:Seq|Bag|Alt)>\s*<rdf:li[^<>]{0,100}>)?"
        pattern = rf"""\b{quoted}=(?:"([^"]{{0,512}})"|'([^']{{0,512}})')|"""
        pattern += rf"""<{quoted}(?:\s[^<>]{{0,200}})?>{items}([^<]{{0,512}})<"""
        match = re.search(pattern, self._text)
        found = next((g for g in match.groups() if g), None) if match else None
        return values.text(html.unescape(found).encode("utf-8", "replace")) if found else None

    def number(self, name: str, high: float) -> float | None:
        """A positive rational ("1/100") or decimal property."""
        try:
            found = Fraction(self.text(name) or "0")
        except (ValueError, ZeroDivisionError):
            return None
        pair = (found.numerator, found.denominator)
        return values.number((pair,), high) if abs(pair[0]) < 2**53 else None

    def integer(self, name: str, low: int, high: int) -> int | None:
        found = self.text(name)
        is_number = found is not None and found.isascii() and found.isdigit() and len(found) < 10
        return values.integer((int(found),), low, high) if found and is_number else None

    def timestamp(self, name: str) -> str | None:
        return values.timestamp(self.text(name))

    def coordinate(self, name: str, directions: str) -> float | None:
        """Signed decimal degrees from "DDD,MM.mmk" or "DDD,MM,SSk"."""
        match = _COORDINATE.fullmatch(self.text(name) or "")
        if match is None or match[4] not in directions:
            return None
        parts = [float(g) for g in match.groups()[:3] if g]
        return values.degrees(parts, len(parts), match[4], directions)
