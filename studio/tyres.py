"""Tread and sidewall of the tyres, drawn where the rays meet them."""

from functools import cache

import numpy as np

from studio.arrays import F32, U8, Numbers, f32, smoothstep
from studio.decals import lettering
from studio.wheels import TRACK

_TREAD_RADIUS = 0.342
_GROOVES = (0.028, 0.068)
_TEXT_BAND = (0.291, 0.312)


@cache
def _sidewall_text() -> U8:
    return lettering("360 IMAGING   STUDIO ONE   ", 48)


def tyre_detail(angle: F32, radius: F32, y: F32) -> tuple[F32, F32]:
    """Brightness factor (n,) and outward lean of the normal (n,) at angle, radius, distance y."""
    tread = radius > _TREAD_RADIUS
    shade = np.where(tread, _tread(angle, y - TRACK), 1.0 + 1.6 * _letters(angle, radius))
    rib = smoothstep(0.262, 0.266, radius) * smoothstep(0.286, 0.282, radius)
    lean = np.where(tread, 0.0, 0.16 * rib * np.sin(radius * 2 * np.pi / 0.005))
    return f32(shade), f32(lean)


def _tread(angle: F32, across: F32) -> Numbers:
    """Dark in the grooves round the tyre and in the slanted ones across its blocks."""
    offset = np.abs(across)
    around = np.min([np.abs(offset - groove) for groove in _GROOVES], axis=0)
    slant = (angle * 76 / (2 * np.pi) + offset * 22) % 1.0
    across_groove = smoothstep(0.10, 0.16, np.abs(slant - 0.5)) * 0.85 + 0.15
    shade: Numbers = np.minimum(smoothstep(0.0035, 0.0055, around), across_groove) * 0.95 + 0.05
    return shade


def _letters(angle: F32, radius: F32) -> Numbers:
    """1 on the raised letters of the sidewall, 0 elsewhere."""
    text = _sidewall_text()
    turn = (-angle / (2 * np.pi) * 2) % 1.0
    v = (_TEXT_BAND[1] - radius) / (_TEXT_BAND[1] - _TEXT_BAND[0])
    rows = np.clip((v * text.shape[0]).astype(int), 0, text.shape[0] - 1)
    columns = np.clip((turn * text.shape[1] * 1.0).astype(int), 0, text.shape[1] - 1)
    return np.where((v > 0) & (v < 1), text[rows, columns] / 255.0, 0.0)
