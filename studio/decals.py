"""Drawn detail: pictures of materials, colours and relief that are laid on the body's surfaces.

A decal's axes are metres along the surface (or plain parameters), its second axis points up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from studio.arrays import F32, U8, Numbers, f32
from studio.lighting import sample_rows
from studio.materials import Material

Points = Sequence[tuple[float, float]]
_SHIFT = 6


@dataclass(frozen=True)
class Decal:
    """Material (h, w), sRGB colour (h, w, 3) and height gradient (h, w, 2) with their placing."""

    material: U8
    colour: U8
    slope: F32
    origin: tuple[float, float]
    scale: tuple[float, float]

    def locate(self, u: F32, v: F32) -> tuple[F32, F32]:
        """Pixel columns and rows (float) of surface coordinates."""
        columns = (u - self.origin[0]) * self.scale[0] - 0.5
        rows = (self.origin[1] - v) * self.scale[1] - 0.5
        return f32(columns), f32(rows)

    def look(self, u: F32, v: F32) -> tuple[Numbers, U8, F32]:
        """Material (n,), colour (n, 3) and height gradient (n, 2) at surface coordinates."""
        columns, rows = self.locate(u, v)
        x = np.clip(np.rint(columns).astype(np.int32), 0, self.material.shape[1] - 1)
        y = np.clip(np.rint(rows).astype(np.int32), 0, self.material.shape[0] - 1)
        half = np.float32(0.5)
        slope = sample_rows(self.slope, columns * half - half / 2, rows * half - half / 2)
        return self.material[y, x].astype(np.int64), self.colour[y, x], slope


def smooth(points: Points, rounds: int = 3, *, closed: bool = True) -> Points:
    """Corners cut (Chaikin) `rounds` times."""
    line = np.array(points, dtype=np.float64)
    for _ in range(rounds):
        following = np.roll(line, -1, axis=0) if closed else line[1:]
        first = line if closed else line[:-1]
        cut = np.stack([first * 0.75 + following * 0.25, first * 0.25 + following * 0.75], 1)
        inner = cut.reshape(-1, 2)
        line = inner if closed else np.vstack([line[:1], inner[1:-1], line[-1:]])
    return [(float(x), float(y)) for x, y in line]


def rounded(points: Points, share: float = 0.1) -> Points:
    """A closed polygon with corners rounded over `share` of their sides."""
    line = np.array(points, dtype=np.float64)
    before, after = np.roll(line, 1, axis=0), np.roll(line, -1, axis=0)
    cut = np.stack([line + (before - line) * share, line + (after - line) * share], 1)
    corners = np.stack([cut[:, 0], line, cut[:, 1]], 1)
    arcs = [_arc(*corner) for corner in corners]
    return [point for arc in arcs for point in arc]


def _arc(start: Numbers, corner: Numbers, end: Numbers, steps: int = 12) -> Points:
    """A quadratic Bezier arc."""
    t = np.linspace(0, 1, steps)[:, None]
    arc = (1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end
    return [(float(x), float(y)) for x, y in arc]


class Canvas:
    """A decal being drawn: left, bottom, right, top in surface units; pixels per unit (x, y)."""

    def __init__(
        self, area: tuple[float, float, float, float], scale: tuple[float, float], ground: Material
    ) -> None:
        left, bottom, right, top = area
        size = (round((top - bottom) * scale[1]), round((right - left) * scale[0]))
        self._origin, self._scale = (left, top), scale
        self.material = np.full(size, int(ground), np.uint8)
        self.colour = np.zeros((*size, 3), np.uint8)
        self.height = np.zeros(size, np.float32)

    def _pixels(self, points: Points) -> Numbers:
        line = (np.array(points) - self._origin) * [self._scale[0], -self._scale[1]] - 0.5
        return np.rint(line * (1 << _SHIFT)).astype(np.int32)

    def fill(
        self, points: Points, material: Material, colour: tuple[int, int, int] | None = None
    ) -> None:
        """Fill a polygon with a material and, for lamps and print, an sRGB colour."""
        outline = [self._pixels(points)]
        cv2.fillPoly(self.material, outline, int(material), shift=_SHIFT)
        if colour is not None:
            cv2.fillPoly(self.colour, outline, colour, shift=_SHIFT)

    def raise_(self, points: Points, metres: float) -> None:
        """Lift a polygon's surface."""
        cv2.fillPoly(self.height, [self._pixels(points)], metres, shift=_SHIFT)

    def line(
        self, points: Points, width: float, material: Material,
        colour: tuple[int, int, int] | None = None, *, closed: bool = False,
    ) -> None:  # fmt: skip
        """Draw a line; `width` in units of the first axis."""
        thick = max(1, round(width * self._scale[0]))
        path = [self._pixels(points)]
        cv2.polylines(self.material, path, closed, int(material), thick, cv2.LINE_8, _SHIFT)
        if colour is not None:
            cv2.polylines(self.colour, path, closed, colour, thick, cv2.LINE_8, _SHIFT)

    def gap(self, points: Points, *, closed: bool = False, width: float = 0.0045) -> None:
        """A shut line: dark, with the rolled edges of the two panels."""
        self.line(points, width, Material.GAP, closed=closed)
        thick = max(1, round(2.2 * width * self._scale[0]))
        cv2.polylines(
            self.height, [self._pixels(points)], closed, -0.004, thick, cv2.LINE_8, _SHIFT
        )

    def text(self, words: str, centre: tuple[float, float], tall: float, material: Material,
             colour: tuple[int, int, int], stretch: float = 1.0) -> None:  # fmt: skip
        """Letters centred on a point, `tall` units high."""
        letters = lettering(words, max(8, round(tall * self._scale[1])), stretch)
        h, w = letters.shape
        x = round((centre[0] - self._origin[0]) * self._scale[0] - w / 2)
        y = round((self._origin[1] - centre[1]) * self._scale[1] - h / 2)
        inked = letters > 127
        self.material[y : y + h, x : x + w][inked] = int(material)
        self.colour[y : y + h, x : x + w][inked] = colour

    def decal(self, relief: float = 1.5) -> Decal:
        """The finished picture; `relief` is the blur in pixels that rounds raised edges."""
        blurred = cv2.GaussianBlur(self.height, (0, 0), relief)
        half = (self.height.shape[1] // 2, self.height.shape[0] // 2)
        small = cv2.resize(blurred, half, interpolation=cv2.INTER_AREA)
        slope = np.stack([np.gradient(small, axis=1) * self._scale[0] / 2,
                          -np.gradient(small, axis=0) * self._scale[1] / 2], -1)  # fmt: skip
        return Decal(self.material, self.colour, f32(slope), self._origin, self._scale)


def lettering(words: str, tall: int, stretch: float = 1.0) -> U8:
    """White letters on black, cropped to their ink, `tall` pixels high."""
    picture = np.zeros((160, 110 * len(words) + 60), np.uint8)
    cv2.putText(picture, words, (30, 120), cv2.FONT_HERSHEY_SIMPLEX, 3.4, 255, 15, cv2.LINE_AA)
    ys, xs = np.nonzero(picture)
    ink = picture[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    width = max(1, round(ink.shape[1] * tall / ink.shape[0] * stretch))
    shrunk: U8 = np.asarray(cv2.resize(ink, (width, tall), interpolation=cv2.INTER_AREA), np.uint8)
    return shrunk
