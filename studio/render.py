"""One frame: the studio, the car over it with smoothed edges, then lens and sensor."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from studio.arrays import F32, U8, Bool, Numbers, f32
from studio.camera import Camera, table_turn
from studio.materials import PAINTS
from studio.scene import Scene
from studio.shading import Shader
from studio.stage import Stage
from studio.tone import display, scene_light

_CHUNK = 1 << 14
_EDGE = 18.0
"""Difference of picture values between neighbours from which a pixel is sampled again."""
_SUBPIXELS = ((0.75, 0.17), (0.25, 0.83))


@dataclass(frozen=True)
class Look:
    """How one frame is taken: light factor, and focus blur in pixels of a 4032 pixel wide frame."""

    exposure: float = 1.0
    defocus: float = 0.0


class CarLayer:
    """The car drawn over the studio's picture, inside the car's bounding rectangle.

    Smooth areas are traced at every other pixel and interpolated; where neighbours differ, every
    pixel is traced, and where those still differ, several samples of the pixel are averaged.
    """

    def __init__(self, shader: Shader, camera: Camera, picture: F32, exposure: float) -> None:
        self._shader, self._camera, self._exposure = shader, camera, np.float32(exposure)
        self._left, self._top, right, bottom = _bounds(shader.scene, camera)
        self._behind = picture[self._top : bottom, self._left : right].copy()
        height, width = self._behind.shape[:2]
        rows, columns = np.mgrid[0:height:2, 0:width:2]
        coarse, met = self._trace(columns + 0.5, rows + 0.5)
        here = np.repeat(np.repeat(met, 2, 0), 2, 1)[:height, :width]
        image = _enlarged(coarse, here, self._behind)
        rough = _edges(coarse, met)
        fine = np.repeat(np.repeat(rough, 2, 0), 2, 1)[:height, :width]
        fine[::2, ::2] = False
        self._retrace(image, here, fine, ((0.5, 0.5),), 0)
        self._retrace(image, here, _edges(image, here), _SUBPIXELS, 1)
        picture[self._top : bottom, self._left : right] = image

    def _retrace(
        self,
        image: F32,
        here: Bool,
        chosen: Bool,
        offsets: Sequence[tuple[float, float]],
        kept: int,
    ) -> None:
        """Mix samples into the `chosen` pixels, which stand for `kept` samples; update `here`."""
        rows, columns = np.nonzero(chosen)
        total = image[rows, columns] * np.float32(kept)
        for x, y in offsets:
            shown, here[rows, columns] = self._trace(columns + x, rows + y)
            total += shown
        image[rows, columns] = total / np.float32(len(offsets) + kept)

    def _trace(self, columns: Numbers, rows: Numbers) -> tuple[F32, Bool]:
        """Picture values (..., 3) at positions in the rectangle, and whether the car is there."""
        x, y = columns.ravel(), rows.ravel()
        shown, met = np.empty((len(x), 3), np.float32), np.empty(len(x), bool)
        for start in range(0, len(x), _CHUNK):
            part = slice(start, start + _CHUNK)
            shown[part], met[part] = self._sample(x[part], y[part])
        return shown.reshape(*columns.shape, 3), met.reshape(columns.shape)

    def _sample(self, x: Numbers, y: Numbers) -> tuple[F32, Bool]:
        rays = self._camera.rays(x + self._left, y + self._top)
        origins = np.broadcast_to(self._camera.position, rays.shape)
        light = self._shader.look(f32(origins), rays)
        shown = self._behind[y.astype(np.int32), x.astype(np.int32)]
        met = light.through < 1
        pane = met & (light.through > 0)
        radiance = light.radiance * self._exposure
        radiance[pane] += scene_light(shown[pane]) * light.through[pane, None]
        shown[met] = display(radiance[met])
        return shown, met


def _enlarged(coarse: F32, here: Bool, behind: F32) -> F32:
    """Samples of every other pixel interpolated to all; where the car is not, `behind`."""
    height, width = behind.shape[:2]
    # Sample (0, 0) lies on pixel (0, 0), so the map is a plain halving of positions.
    place = f32([[0.5, 0, 0], [0, 0.5, 0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    image = cv2.warpAffine(
        coarse, place, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return f32(np.where(here[..., None], image, behind))


def _edges(image: F32, here: Bool) -> Bool:
    """Pixels (h, w) on the car or at its outline that differ from a neighbour."""
    kernel = np.ones((2, 2), np.uint8)
    # The studio's grain must not count, so it is blanked.
    car = np.where(here[..., None], image + np.float32(4 * _EDGE), np.float32(0))
    jump = cv2.dilate(car, kernel, anchor=(0, 0)) - cv2.erode(car, kernel, anchor=(0, 0))
    step = np.maximum(np.maximum(jump[..., 0], jump[..., 1]), jump[..., 2]) > _EDGE
    back = cv2.dilate(step.astype(np.uint8), kernel, anchor=(1, 1))
    return np.asarray(back, bool)


def _bounds(scene: Scene, camera: Camera) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the car in the frame, with a margin, inside the frame."""
    low, high = scene.vertices.min(0), scene.vertices.max(0)
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    at = camera.project(corners)
    size = (camera.width, camera.height)
    first = np.clip(np.floor(at.min(0)) - 3, 0, size).astype(int)
    last = np.clip(np.ceil(at.max(0)) + 3, 0, size).astype(int)
    return int(first[0]), int(first[1]), int(last[0]), int(last[1])


def render(scene: Scene, stage: Stage, angle_deg: float, look: Look, seed: int) -> U8:
    """The frame at one angle: (height, width, 3) RGB; the seed picks paint and noise."""
    turn = table_turn(angle_deg)
    shader = Shader(scene, turn, PAINTS[seed // 360 % len(PAINTS) - 1])
    picture = stage.picture(shader, turn, look.exposure)
    CarLayer(shader, stage.camera.turned(turn), picture, look.exposure)
    if look.defocus:
        picture = _out_of_focus(picture, look.defocus * stage.camera.width / 4032)
    return _sensor(picture, seed * 1000 + round(angle_deg))


def _out_of_focus(picture: F32, radius: float) -> F32:
    """The picture under a disc of confusion of `radius` pixels."""
    reach = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    small = cv2.filter2D(picture, -1, f32(disc / disc.sum()), borderType=cv2.BORDER_REPLICATE)
    return f32(cv2.GaussianBlur(small, (0, 0), max(0.8, radius * 0.25)))


def _sensor(picture: F32, seed: int) -> U8:
    """Fine noise, mostly of brightness, then eight bits."""
    rng = np.random.Generator(np.random.SFC64(seed))
    noise = rng.standard_normal(picture.shape[:2], dtype=np.float32)
    picture += (noise * np.float32(1.15))[..., None]
    np.clip(picture, 0, 255, out=picture)
    frame: U8 = (picture + np.float32(0.5)).astype(np.uint8)
    return frame
