"""What surfaces are made of: diffuse colour, specular colour and how sharply they mirror."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from studio.arrays import F32, f32
from studio.mesh import Part


class Material(IntEnum):
    """Row numbers of the material tables; decals store them as pixel values."""

    PAINT = 0
    GAP = 1
    PLASTIC = 2
    GLOSS_BLACK = 3
    CHROME = 4
    ALLOY = 5
    RUBBER = 6
    GLASS = 7
    LENS = 8
    LIGHT = 9
    INTERIOR = 10
    BRAKE = 11
    CALIPER = 12
    PRINT = 13
    VOID = 14
    MIRROR = 15
    ALLOY_DARK = 16
    TRIM = 17


@dataclass(frozen=True)
class Finish:
    """Linear diffuse colour, specular reflectance head on, and whether reflections are sharp."""

    diffuse: tuple[float, float, float]
    specular: tuple[float, float, float]
    sharp: bool = True
    glow: float = 0.0


def _grey(level: float) -> tuple[float, float, float]:
    return (level, level, level)


_FINISHES = {
    Material.PAINT: Finish(_grey(1.0), _grey(0.042)),
    Material.GAP: Finish(_grey(0.004), _grey(0.0), False),
    Material.PLASTIC: Finish(_grey(0.022), _grey(0.03), False),
    Material.GLOSS_BLACK: Finish(_grey(0.006), _grey(0.05)),
    Material.CHROME: Finish(_grey(0.03), (0.72, 0.74, 0.77)),
    Material.ALLOY: Finish(_grey(0.18), (0.62, 0.63, 0.65), False),
    Material.RUBBER: Finish((0.017, 0.017, 0.018), _grey(0.028), False),
    Material.GLASS: Finish(_grey(0.0), _grey(0.06)),
    Material.LENS: Finish(_grey(1.0), _grey(0.06)),
    Material.LIGHT: Finish(_grey(1.0), _grey(0.05), glow=2.6),
    Material.INTERIOR: Finish((0.045, 0.043, 0.042), _grey(0.0), False),
    Material.BRAKE: Finish(_grey(0.10), _grey(0.34), False),
    Material.CALIPER: Finish((0.62, 0.30, 0.012), _grey(0.05), False),
    Material.PRINT: Finish(_grey(1.0), _grey(0.03), False),
    Material.VOID: Finish(_grey(0.003), _grey(0.0), False),
    Material.MIRROR: Finish(_grey(0.01), _grey(0.85)),
    Material.ALLOY_DARK: Finish(_grey(0.03), _grey(0.09), False),
    Material.TRIM: Finish(_grey(0.012), _grey(0.045)),
}

DIFFUSE: F32 = f32([_FINISHES[m].diffuse for m in Material])
SPECULAR: F32 = f32([_FINISHES[m].specular for m in Material])
SHARP = np.array([_FINISHES[m].sharp for m in Material])
GLOW: F32 = f32([_FINISHES[m].glow for m in Material])
# Lamps and print take their diffuse colour from a decal.
DECAL_COLOURED = np.isin(np.arange(len(Material)), (Material.LENS, Material.LIGHT, Material.PRINT))

_PART_MATERIAL = {
    Part.BODY: Material.PAINT,
    Part.CABIN: Material.GLASS,
    Part.TYRE: Material.RUBBER,
    Part.RIM: Material.ALLOY,
    Part.BRAKE: Material.BRAKE,
    Part.CALIPER: Material.CALIPER,
    Part.LINER: Material.VOID,
    Part.MIRROR: Material.PAINT,
    Part.INTERIOR: Material.INTERIOR,
    Part.PLATE: Material.PRINT,
    Part.HOLDER: Material.PLASTIC,
    Part.BARREL: Material.ALLOY_DARK,
    Part.HANDLE: Material.PAINT,
}
PART_MATERIAL = np.array([int(_PART_MATERIAL[p]) for p in Part], dtype=np.int64)

PAINTS: F32 = f32(
    [
        (0.56, 0.010, 0.014),
        (0.008, 0.06, 0.20),
        (0.55, 0.13, 0.01),
        (0.005, 0.09, 0.075),
        (0.30, 0.31, 0.33),
    ]
)
"""Linear base colours of the paint; the seed picks one."""
