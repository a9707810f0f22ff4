"""Square pictures that stay Y, Cb, Cr from one JPEG to the next: nothing is converted."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from imaging.decode import Chroma, Raster
from imaging.orient import orient
from imaging.scaling import resize, shrink, shrink_colour, shrink_finely

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Square:
    """Where a square lies in a stored picture, in luma samples."""

    left: int
    top: int
    side: int

    def of(self, plane: Pixels) -> Pixels:
        """The square cut out of a plane of full size; a view."""
        return plane[self.top : self.top + self.side, self.left : self.left + self.side]


@dataclass(frozen=True)
class Planes:
    """A square picture: Y (side, side), Cb and Cr of a side of their own."""

    luma: Pixels
    blue: Pixels
    red: Pixels

    def to_rgb(self) -> Pixels:
        """(side, side, 3), colour interpolated where there is less of it."""
        side = self.luma.shape[0]
        blue, red = (_to_side(plane, side) for plane in (self.blue, self.red))
        merged = cv2.merge([self.luma, red, blue])  # OpenCV's order is Y, Cr, Cb
        return np.asarray(cv2.cvtColor(merged, cv2.COLOR_YCrCb2RGB), np.uint8)

    def shrunk(self, side: int) -> "Planes":
        """Reduced to an even `side` with colour at half of it, as 4:2:0 stores it."""
        blue, red = (shrink_colour(plane, side // 2) for plane in (self.blue, self.red))
        return Planes(shrink_finely(self.luma, side), blue, red)


def cut(raster: Raster, square: Square, side: int, *, whole_colour: bool) -> Planes:
    """The square of a "gray" or "ycc" picture, upright, reduced to `side`.

    Colour has half of that side, or all of it with `whole_colour`.
    """
    colour_side = side if whole_colour else side // 2
    luma = orient(shrink(square.of(raster.pixels), side), raster.orientation)
    if raster.chroma is None:
        neutral = np.full((colour_side, colour_side), 128, np.uint8)
        return Planes(luma, neutral, neutral)
    blue, red = (
        orient(_to_side(shrink_colour(plane, colour_side), colour_side), raster.orientation)
        for plane in _cut_chroma(raster.chroma, square, raster.pixels.shape)
    )
    return Planes(luma, blue, red)


def _to_side(plane: Pixels, side: int) -> Pixels:
    return plane if plane.shape[0] == side else resize(plane, side, cv2.INTER_LINEAR)


def _cut_chroma(chroma: Chroma, square: Square, shape: tuple[int, ...]) -> tuple[Pixels, Pixels]:
    """Both colour planes of a square, themselves square."""
    unit = max(chroma.across, chroma.down)
    if any(edge % unit for edge in (square.left, square.top, square.side)):
        # The square's edge goes through samples: brought to luma's grid first.
        blue, red = (_enlarged(p, chroma, shape) for p in (chroma.blue, chroma.red))
        return square.of(blue), square.of(red)
    rows = slice(square.top // chroma.down, (square.top + square.side) // chroma.down)
    columns = slice(square.left // chroma.across, (square.left + square.side) // chroma.across)
    side = square.side // unit
    blue, red = (plane[rows, columns] for plane in (chroma.blue, chroma.red))
    if chroma.across == chroma.down:
        return blue, red
    return resize(blue, side, cv2.INTER_AREA), resize(red, side, cv2.INTER_AREA)


def _enlarged(plane: Pixels, chroma: Chroma, shape: tuple[int, ...]) -> Pixels:
    size = (plane.shape[1] * chroma.across, plane.shape[0] * chroma.down)
    whole = cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.uint8)[: shape[0], : shape[1]]
