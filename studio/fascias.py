"""What is drawn on the nose and the tail: lamps, grille, intakes, diffuser.

Both are drawn on the wrap: outline length from the nose's middle by height, metres. The car is
symmetric, so only the left half is drawn; what crosses the middle starts beyond the left edge.
"""

from collections.abc import Callable

import numpy as np

from studio.decals import Canvas, Points, rounded, smooth
from studio.materials import Material

_RED, _DEEP_RED = (205, 16, 20), (92, 6, 12)


def draw_nose(canvas: Canvas) -> None:
    """Grille, headlamps, intakes and parking sensors."""
    _lower_intake(canvas)
    grille = smooth([(-0.7, 0.545), (0.40, 0.548), (0.445, 0.60), (-0.7, 0.605)], 2)
    canvas.fill(grille, Material.GLOSS_BLACK)
    for step in range(4):
        z = 0.553 + 0.0135 * step
        canvas.line([(0.0, z), (0.425, z + 0.001)], 0.003, Material.CHROME)
    _headlamp(canvas)
    # Bumper cover to wing, and the parking sensors.
    canvas.gap([(1.02, 0.585), (1.10, 0.555), (1.28, 0.55)])
    for u, z in ((0.36, 0.475), (0.74, 0.50)):
        canvas.gap(_ring(u, z, 0.012), closed=True, width=0.002)
    canvas.fill(_ring(0.0, 0.645, 0.027), Material.CHROME)
    canvas.fill(_ring(0.0, 0.645, 0.022), Material.GLOSS_BLACK)


def _lower_intake(canvas: Canvas) -> None:
    mouth = smooth([(-0.7, 0.215), (0.50, 0.225), (0.60, 0.30), (0.50, 0.325), (-0.7, 0.325)], 2)
    canvas.fill(mouth, Material.PLASTIC)
    for row in range(7):
        for column in range(24):
            x, z = column * 0.025 + 0.0125 * (row % 2), 0.226 + row * 0.0145
            if x < 0.50 + 0.06 * (z - 0.225) / 0.1:
                canvas.fill(_ring(x, z, 0.0085, sides=6), Material.VOID)
    vent = smooth([(0.66, 0.27), (0.80, 0.275), (0.90, 0.42), (0.86, 0.44), (0.74, 0.36)], 3)
    canvas.fill(vent, Material.GLOSS_BLACK)
    canvas.line(vent, 0.005, Material.PLASTIC, closed=True)
    canvas.line([(0.69, 0.285), (0.86, 0.425)], 0.006, Material.CHROME)
    canvas.fill(
        smooth([(-0.7, 0.185), (0.9, 0.195), (1.1, 0.215), (0.9, 0.212), (-0.7, 0.203)], 1),
        Material.PLASTIC,
    )


def _headlamp(canvas: Canvas) -> None:
    lamp = smooth([(0.47, 0.555), (0.80, 0.565), (1.06, 0.615), (1.17, 0.668), (1.02, 0.662),
                   (0.72, 0.632), (0.455, 0.612)], 2)  # fmt: skip
    canvas.fill(lamp, Material.LENS, (26, 28, 32))
    for u, z in ((0.575, 0.587), (0.685, 0.597), (0.795, 0.609)):
        canvas.fill(_ring(u, z, 0.0235), Material.LENS, (120, 126, 134))
        canvas.fill(_ring(u, z, 0.0200), Material.LENS, (18, 20, 24))
        canvas.fill(_ring(u, z, 0.0135), Material.LENS, (150, 165, 185))
        canvas.fill(_ring(u - 0.003, z + 0.003, 0.006), Material.LENS, (235, 242, 250))
    running = [(0.475, 0.570), (0.484, 0.604), (0.72, 0.622), (1.01, 0.651), (1.12, 0.661)]
    canvas.line(smooth(running, 2, closed=False), 0.0085, Material.LIGHT, (235, 242, 255))
    canvas.line([(0.90, 0.607), (1.04, 0.628)], 0.012, Material.LENS, (200, 110, 20))
    canvas.gap(lamp, closed=True, width=0.003)


def draw_tail(canvas: Canvas, total: float) -> None:
    """Lamps, boot lid and diffuser; `total` is the outline's length."""

    def flip(points: Points) -> Points:
        return [(total - u, z) for u, z in points]

    lamp = smooth(
        [(-0.7, 0.775), (0.70, 0.785), (1.02, 0.80), (1.16, 0.855), (0.98, 0.862), (-0.7, 0.862)], 2
    )
    canvas.fill(flip(lamp), Material.LENS, _DEEP_RED)
    canvas.fill(
        flip([(-0.7, 0.775), (0.36, 0.779), (0.36, 0.862), (-0.7, 0.862)]), Material.GLOSS_BLACK
    )
    for z, reach in ((0.843, 1.08), (0.798, 0.98)):
        canvas.line(flip([(0.36, z), (0.8, z), (reach, z + 0.004)]), 0.011, Material.LIGHT, _RED)
    canvas.line(flip([(0.0, 0.843), (0.36, 0.843)]), 0.006, Material.LIGHT, _RED)
    canvas.fill(
        flip([(0.52, 0.811), (0.70, 0.811), (0.70, 0.831), (0.52, 0.831)]),
        Material.LENS,
        (210, 205, 205),
    )
    canvas.gap(flip(lamp), closed=True, width=0.003)
    canvas.gap(flip([(0.62, 0.775), (0.60, 0.70), (0.52, 0.515), (-0.7, 0.51)]))
    canvas.gap(flip([(0.60, 0.66), (0.95, 0.645), (1.2, 0.63)]))
    recess = rounded([(-0.7, 0.527), (0.33, 0.527), (0.37, 0.69), (-0.7, 0.69)], 0.05)
    canvas.raise_(flip(recess), -0.012)
    _diffuser(canvas, flip)


def _diffuser(canvas: Canvas, turn: Callable[[Points], Points]) -> None:
    skirt = smooth(
        [(-0.7, 0.2), (0.95, 0.2), (1.12, 0.26), (0.86, 0.335), (0.55, 0.375), (-0.7, 0.375)], 2
    )
    canvas.fill(turn(skirt), Material.PLASTIC)
    for u in (0.0, 0.13, 0.26, 0.39):
        canvas.fill(
            turn([(u - 0.006, 0.24), (u + 0.006, 0.24), (u + 0.006, 0.345), (u - 0.006, 0.345)]),
            Material.GLOSS_BLACK,
        )
    pipe = smooth([(0.52, 0.285), (0.68, 0.288), (0.69, 0.335), (0.53, 0.338)], 2)
    canvas.fill(turn(pipe), Material.VOID)
    canvas.line(turn(pipe), 0.008, Material.CHROME, closed=True)
    canvas.fill(
        turn([(0.70, 0.405), (0.88, 0.41), (0.88, 0.428), (0.70, 0.423)]),
        Material.LENS,
        (150, 10, 14),
    )


def _ring(u: float, v: float, radius: float, sides: int = 48) -> Points:
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False) + np.pi / 6
    return [(float(u + radius * np.cos(a)), float(v + radius * np.sin(a))) for a in angle]
