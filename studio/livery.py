"""The car's drawn detail: lamps, grille, shut lines, windows and the number plate."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.body import ARCH_RADIUS, AXLE_HEIGHT, AXLES, plan
from studio.decals import Canvas, Decal, rounded, smooth
from studio.fascias import draw_nose, draw_tail
from studio.materials import Material

PLATE_TEXT = "360 IMG"


@dataclass(frozen=True)
class Livery:
    """Decals of the flanks and fascias, of the bonnet and boot, of the cabin and of the plate."""

    wrap: Decal
    top: Decal
    cabin: Decal
    plate: Decal


def livery() -> Livery:
    """Draw everything."""
    return Livery(_wrap(), _top(), _cabin(), _plate())


def _wrap() -> Decal:
    """Outline length from the nose's middle by height above the floor, metres."""
    points, _, length = plan()
    total = float(length[-1])
    canvas = Canvas((0.0, 0.1, total, 1.1), (1000.0, 1000.0), Material.PAINT)

    def side(x: float) -> float:
        return float(np.interp(-x, -points[:, 0], length))

    draw_nose(canvas)
    _flank(canvas, side)
    draw_tail(canvas, total)
    return canvas.decal(2.0)


def _flank(canvas: Canvas, at: Callable[[float], float]) -> None:
    front = [
        (at(0.80), 0.95),
        (at(0.815), 0.80),
        (at(0.80), 0.55),
        (at(0.72), 0.36),
        (at(0.66), 0.27),
    ]
    middle = [(at(-0.16), 0.95), (at(-0.16), 0.6), (at(-0.14), 0.27)]
    rear = [
        (at(-1.12), 0.96),
        (at(-1.06), 0.86),
        (at(-0.93), 0.62),
        (at(-0.88), 0.40),
        (at(-0.84), 0.27),
    ]
    for line in (front, rear):
        canvas.gap(smooth(line, 2, closed=False))
    canvas.gap(middle)
    canvas.gap([(at(0.66), 0.27), (at(-0.84), 0.27)])
    # Sill trim with its bright strip.
    sill = [(at(1.02), 0.17), (at(-0.97), 0.17), (at(-0.97), 0.232), (at(1.02), 0.228)]
    canvas.fill(sill, Material.PLASTIC)
    canvas.line([(at(0.96), 0.236), (at(-0.93), 0.240)], 0.005, Material.GLOSS_BLACK)
    for x in (0.0, -0.93):
        bowl = smooth(
            [
                (at(x + 0.07), 0.782),
                (at(x - 0.07), 0.782),
                (at(x - 0.07), 0.822),
                (at(x + 0.07), 0.822),
            ],
            3,
        )
        canvas.raise_(bowl, -0.012)
    cap = rounded([(at(-1.52), 0.79), (at(-1.67), 0.79), (at(-1.67), 0.90), (at(-1.52), 0.90)], 0.3)
    canvas.gap(cap, closed=True, width=0.0025)
    _arch_trim(canvas, at)


def _arch_trim(canvas: Canvas, at: Callable[[float], float]) -> None:
    angle = np.linspace(-0.4, np.pi + 0.4, 60)
    for axle in AXLES:
        x = axle + (ARCH_RADIUS + 0.006) * np.cos(angle)
        z = AXLE_HEIGHT + (ARCH_RADIUS + 0.006) * np.sin(angle)
        line = [(at(float(a)), float(b)) for a, b in zip(x, z, strict=True)]
        canvas.line(line, 0.016, Material.PLASTIC)


def _top() -> Decal:
    """x by distance from the centre line, metres."""
    canvas = Canvas((-2.4, 0.0, 2.4, 1.0), (800.0, 800.0), Material.PAINT)
    bonnet = [(1.0, 0.76), (1.5, 0.745), (1.86, 0.69), (2.02, 0.55), (2.075, 0.3), (2.085, -0.1)]
    canvas.gap(smooth(bonnet, 2, closed=False))
    canvas.gap(smooth([(-1.9, 0.66), (-2.1, 0.655), (-2.3, 0.64)], 1, closed=False))
    return canvas.decal(2.0)


def _cabin() -> Decal:
    """0..1 along the outline by section parameter."""
    canvas = Canvas((0.0, -0.2, 1.0, 2.0), (3200.0, 1000.0), Material.PAINT)
    canvas.fill([(0, -0.2), (0.235, -0.2), (0.235, 0.985), (-0.7, 0.985)], Material.GLOSS_BLACK)
    canvas.fill(
        rounded([(-0.7, 0.11), (0.197, 0.12), (0.212, 0.5), (0.205, 0.94), (-0.7, 0.955)], 0.08),
        Material.GLASS,
    )
    canvas.fill([(0, -0.2), (0.225, -0.2), (0.215, 0.075), (0, 0.06)], Material.PLASTIC)
    for tip, foot in ((0.02, 0.10), (0.12, 0.165)):
        canvas.line([(foot, 0.03), (tip, 0.12)], 0.003, Material.PLASTIC)
    _side_windows(canvas)
    canvas.fill(
        rounded([(0.800, 0.09), (1.4, 0.09), (1.4, 0.985), (0.835, 0.97)], 0.06),
        Material.GLOSS_BLACK,
    )
    canvas.fill(
        rounded([(0.815, 0.14), (1.4, 0.14), (1.4, 0.94), (0.848, 0.92)], 0.06), Material.GLASS
    )
    for row in range(7):
        canvas.line(
            [(0.86, 0.25 + 0.09 * row), (1.0, 0.25 + 0.09 * row)], 0.0011, Material.GLOSS_BLACK
        )
    canvas.fill(
        smooth([(0.255, 1.06), (0.62, 1.06), (0.70, 1.14), (0.70, 2.2), (0.2, 2.2)], 2),
        Material.PAINT,
    )
    return canvas.decal(2.0)


def _side_windows(canvas: Canvas) -> None:
    surround = [(0.262, 0.02), (0.70, 0.02), (0.775, 0.16), (0.755, 0.30), (0.70, 0.90),
                (0.66, 0.965), (0.30, 0.965), (0.272, 0.90)]  # fmt: skip
    canvas.fill(rounded(surround), Material.CHROME)
    inner = [(0.267, 0.055), (0.70, 0.055), (0.765, 0.17), (0.745, 0.30), (0.695, 0.885),
             (0.655, 0.94), (0.304, 0.94), (0.277, 0.885)]  # fmt: skip
    canvas.fill(rounded(inner), Material.TRIM)
    for glass in (
        [(0.325, 0.085), (0.462, 0.085), (0.476, 0.90), (0.315, 0.90), (0.302, 0.84)],
        [(0.500, 0.085), (0.645, 0.085), (0.648, 0.88), (0.640, 0.90), (0.506, 0.90)],
        [
            (0.660, 0.085),
            (0.695, 0.085),
            (0.748, 0.18),
            (0.730, 0.30),
            (0.686, 0.86),
            (0.663, 0.89),
        ],
        [(0.275, 0.085), (0.312, 0.085), (0.292, 0.78), (0.284, 0.78)],
    ):
        canvas.fill(rounded(glass, 0.08), Material.GLASS)


def _plate() -> Decal:
    """0..1 across and up the plate."""
    canvas = Canvas((0.0, 0.0, 1.0, 1.0), (1040.0, 224.0), Material.PRINT)
    canvas.colour[:] = (222, 222, 216)
    canvas.fill([(0, 0), (0.085, 0), (0.085, 1), (0, 1)], Material.PRINT, (12, 40, 130))
    canvas.text("S", (0.043, 0.27), 0.24, Material.PRINT, (235, 235, 235))
    canvas.text(PLATE_TEXT, (0.54, 0.5), 0.66, Material.PRINT, (12, 12, 14), 0.95)
    canvas.line(
        [(0.003, 0.015), (0.997, 0.015), (0.997, 0.985), (0.003, 0.985)],
        0.004,
        Material.PRINT,
        (20, 20, 20),
        closed=True,
    )
    return canvas.decal(1.0)
