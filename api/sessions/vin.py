"""Vehicle identification numbers (ISO 3779, 49 CFR 565)."""

import re

_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_LETTERS = zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)
_VALUES = {sign: int(value) for sign, value in (*_LETTERS, *((d, d) for d in "0123456789"))}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def is_well_formed(vin: str) -> bool:
    """17 upper-case letters and digits without I, O and Q."""
    return _FORM.fullmatch(vin) is not None


def check_digit(vin: str) -> str:
    """What the ninth character of a well-formed VIN should be, where makers use a check digit."""
    remainder = sum(_VALUES[sign] * weight for sign, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return "X" if remainder == 10 else str(remainder)
