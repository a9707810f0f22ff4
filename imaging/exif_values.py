"""From a raw metadata value to a plain one, or to None when it makes no sense.

Every function here accepts whatever a file may hold and never raises. Numbers are rounded as
exiftool prints them (rationals to 10 significant digits, coordinates to 15), so both agree.
"""

import math
import re
from datetime import datetime

from imaging.tiff import Value

_MAX_TEXT = 256
_UNKNOWN = 0xFFFFFFFF  # Exif 2.3, 4.6.5: the numerator that stands for "unknown" or "infinite"
_DATE = re.compile(
    r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*(Z|[+-]\d\d:\d\d)?"
)
_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")


def text(value: Value | None) -> str | None:
    """A short printable string up to its first NUL; None for anything else."""
    if not isinstance(value, bytes):
        return None
    raw = value.split(b"\0", 1)[0]
    try:
        decoded = raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        decoded = raw.decode("latin-1").strip()
    return decoded if 0 < len(decoded) <= _MAX_TEXT and decoded.isprintable() else None


def integer(value: Value | None, low: int, high: int) -> int | None:
    """The first of a list of integers if it lies in low..high."""
    first = value[0] if value and not isinstance(value, bytes) else None
    return first if isinstance(first, int) and low <= first <= high else None


def quotient(pair: object) -> float | None:
    """A rational or a real as a finite float with 10 significant digits."""
    if isinstance(pair, tuple):
        if pair[1] == 0 or pair[0] == _UNKNOWN:
            return None
        pair = pair[0] / pair[1]
    if not isinstance(pair, int | float) or not math.isfinite(pair):
        return None
    return float(f"{pair:.10g}")


def number(value: Value | None, high: float) -> float | None:
    """The first of a list of numbers if it is positive and at most `high`."""
    if not value or isinstance(value, bytes):
        return None
    found = quotient(value[0])
    return found if found is not None and 0 < found <= high else None


def timestamp(written: str | None) -> str | None:
    """ISO 8601 from Exif's "YYYY:MM:DD HH:MM:SS" or XMP's date, with its offset when it has one."""
    match = _DATE.fullmatch(written) if written else None
    if match is None:
        return None
    *fields, zone = match.groups()
    try:
        moment = datetime(*(int(f) for f in fields))  # type: ignore[arg-type]
    except ValueError:
        return None
    return moment.isoformat() + (offset("+00:00" if zone == "Z" else zone) or "")


def offset(written: str | None) -> str | None:
    """A time zone offset "+hh:mm", None for anything else."""
    return written if written and _OFFSET.fullmatch(written) else None


def coordinate(value: Value | None, reference: str | None, directions: str) -> float | None:
    """Signed decimal degrees from degrees, minutes, seconds and "N"/"S" or "E"/"W".

    `directions` is the positive letter, then the negative one. Without a valid reference the
    hemisphere would be a guess, so the result is None.
    """
    if not value or isinstance(value, bytes) or len(value) > 3:
        return None
    if reference is None or len(reference) != 1 or reference not in directions:
        return None
    # 0/0 minutes or seconds is how some cameras leave them out.
    parts = [0.0 if i and part == (0, 0) else quotient(part) for i, part in enumerate(value)]
    known = [p for p in parts if p is not None]
    return degrees(known, len(parts), reference, directions)


def degrees(parts: list[float], expected: int, reference: str, directions: str) -> float | None:
    """Combine degrees, minutes, seconds; None when a part is missing or out of its range."""
    limits = (90.0 if directions == "NS" else 180.0, 60.0, 60.0)
    if len(parts) != expected or any(not 0 <= p <= limits[i] for i, p in enumerate(parts)):
        return None
    whole, minutes, seconds = [*parts, 0.0, 0.0][:3]
    total = whole + (minutes + seconds / 60) / 60
    if total > limits[0]:
        return None
    return float(f"{-total if reference == directions[1] else total:.15g}")
