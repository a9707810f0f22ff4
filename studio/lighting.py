"""The studio's light as seen from the car: softboxes and walls on octahedral direction maps.

Room axes: X to the camera's right, Y away from the camera, Z up, metres; the turntable's centre is
the origin. Radiance is scaled so that a white card lying on the floor has radiance one.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.arrays import F32, Numbers, dot, f32, smoothstep, unit

_REACH = 6.0
"""Radius of the sphere onto which nearby light is projected, so that reflections have parallax."""
_EYE = np.array([0.0, 0.0, 0.8])
_ROW, _COARSE = 1024, 48


@dataclass(frozen=True)
class Softbox:
    """A luminous rectangle: centre, half axes (metres), radiance (linear RGB).

    `full` is the share of each half axis up to which it is fully lit before it fades.
    """

    centre: tuple[float, float, float]
    half_u: tuple[float, float, float]
    half_v: tuple[float, float, float]
    radiance: tuple[float, float, float]
    full: float = 0.96


_SOFTBOXES = (
    Softbox((0.0, -0.4, 4.3), (3.6, 0.0, 0.0), (0.0, 1.25, 0.0), (12.5, 12.3, 11.9), 0.45),
    Softbox((-5.4, -2.6, 2.3), (0.13, -0.30, 0.0), (0.0, 0.0, 2.1), (7.0, 7.3, 7.8)),
    Softbox((5.4, -2.6, 2.3), (0.13, 0.30, 0.0), (0.0, 0.0, 2.1), (5.0, 5.2, 5.6)),
    Softbox((-4.6, 4.2, 2.4), (0.36, 0.36, 0.0), (0.0, 0.0, 1.3), (6.0, 6.0, 6.0)),
    Softbox((4.6, 4.2, 2.4), (0.36, -0.36, 0.0), (0.0, 0.0, 1.3), (6.0, 6.0, 6.0)),
    Softbox((0.0, -8.0, 3.6), (4.2, 0.0, 0.0), (0.0, 0.12, 0.42), (4.4, 4.4, 4.5)),
)


def _octahedral(directions: F32, size: int) -> tuple[F32, F32]:
    """Pixel columns and rows of unit directions (n, 3) on a map of `size` x `size`."""
    x, y, z = directions.T
    scale = 1.0 / (np.abs(x) + np.abs(y) + np.abs(z))
    u, v = x * scale, y * scale
    below = z < 0
    fold_u = np.where(below, (1 - np.abs(v)) * np.where(u < 0, -1, 1), u)
    fold_v = np.where(below, (1 - np.abs(u)) * np.where(v < 0, -1, 1), v)
    half = np.float32(size / 2)
    return f32(fold_u * half + half - 0.5), f32(fold_v * half + half - 0.5)


def _directions(size: int) -> Numbers:
    """Unit directions of the map's pixels: (size * size, 3)."""
    at = (np.arange(size) + 0.5) / size * 2 - 1
    u, v = np.meshgrid(at, at)
    z = 1 - np.abs(u) - np.abs(v)
    x = np.where(z < 0, (1 - np.abs(v)) * np.where(u < 0, -1, 1), u)
    y = np.where(z < 0, (1 - np.abs(u)) * np.where(v < 0, -1, 1), v)
    d = np.stack([x, y, z], -1).reshape(-1, 3)
    unit_length: Numbers = d / np.linalg.norm(d, axis=1, keepdims=True)
    return unit_length


def sample_rows(image: F32, columns: F32, rows: F32, interpolation: int = cv2.INTER_LINEAR) -> F32:
    """`image` (h, w[, c]) at n float pixel positions: (n[, c]); its edge repeats beyond it."""
    n = len(columns)
    if not n:  # remap refuses empty maps
        return np.empty((0, *image.shape[2:]), np.float32)
    # ... and maps of more than 32767 rows, hence the folding.
    grid = np.zeros((2, n + -n % _ROW), np.float32)
    grid[0, :n], grid[1, :n] = columns, rows
    folded = grid.reshape(2, -1, _ROW)
    out = cv2.remap(image, folded[0], folded[1], interpolation, borderMode=cv2.BORDER_REPLICATE)
    sampled: F32 = np.asarray(out, np.float32).reshape(-1, *image.shape[2:])[:n]
    return sampled


def _softbox_light(box: Softbox, directions: Numbers) -> Numbers:
    """Radiance (n, 3) that `box` sends along `directions`."""
    centre, u, v = (np.array(a) for a in (box.centre, box.half_u, box.half_v))
    normal = np.cross(u, v)
    facing = directions @ normal
    distance = ((centre - _EYE) @ normal) / np.where(np.abs(facing) < 1e-6, 1e-6, facing)
    offset = _EYE + directions * distance[:, None] - centre
    s, t = np.abs(offset @ u) / (u @ u), np.abs(offset @ v) / (v @ v)
    edge = smoothstep(1.04, box.full, s) * smoothstep(1.06, box.full, t) * (distance > 0)
    # A softbox is brightest where its lamp sits behind the cloth.
    hot = 0.72 + 0.28 * np.exp(-((s * 0.9) ** 2) - (t * 0.9) ** 2)
    light: Numbers = (edge * hot)[:, None] * np.array(box.radiance)
    return light


def _room_light(directions: Numbers) -> Numbers:
    """Radiance (n, 3) of walls, ceiling and floor without the softboxes."""
    z = directions[:, 2]
    wall = 0.62 - 0.5 * smoothstep(0.02, 0.55, z)
    back = 0.25 * smoothstep(-0.2, 0.9, directions[:, 1])
    level = np.where(z > 0, wall + back * (1 - smoothstep(0.3, 0.7, z)), 0.62)
    light: Numbers = level[:, None] * np.array([1.0, 1.0, 1.01])
    return light


def _lobe(cosine: F32) -> F32:
    """The 40th power: how satin metal spreads a reflection."""
    fourth = (cosine * cosine) ** 2
    eighth = fourth * fourth
    lobe: F32 = (eighth * eighth) ** 2 * eighth
    return lobe


def _blurred(weight: F32, light: F32) -> F32:
    """Weighted means (n, 3) of `light` (m, 3), weights (n, m)."""
    mean: F32 = weight @ light / weight.sum(1, keepdims=True)
    return mean


class Lighting:
    """Direction maps of the room: sharp radiance, a rough reflection, and irradiance."""

    def __init__(self, size: int = 768) -> None:
        directions = _directions(size)
        radiance = _room_light(directions) + sum(_softbox_light(b, directions) for b in _SOFTBOXES)
        small = cv2.resize(
            f32(radiance.reshape(size, size, 3)), (_COARSE, _COARSE), interpolation=cv2.INTER_AREA
        )
        coarse, light = f32(_directions(_COARSE)), f32(small).reshape(-1, 3)
        cosine = np.clip(coarse @ coarse.T, 0, 1)
        irradiance, glossy = _blurred(cosine, light), _blurred(_lobe(cosine), light)
        scale = np.float32(1.0 / irradiance[np.argmax(coarse[:, 2])].mean())
        self._sharp = f32(radiance.reshape(size, size, 3) * scale)
        self._rough = f32(glossy.reshape(_COARSE, _COARSE, 3) * scale)
        self._irradiance = f32(irradiance.reshape(_COARSE, _COARSE, 3) * scale)

    def radiance(self, points: F32, directions: F32) -> F32:
        """Light arriving at room `points` from unit `directions`: (n, 3)."""
        return self._look(self._sharp, unit(directions + points * np.float32(1 / _REACH)))

    def rough_reflection(self, directions: F32) -> F32:
        """Light around unit `directions`, as satin metal mirrors it: (n, 3)."""
        return self._look(self._rough, directions)

    def irradiance(self, normals: F32) -> F32:
        """Radiance of an unshadowed white card facing `normals`: (n, 3)."""
        return self._look(self._irradiance, normals)

    @staticmethod
    def _look(image: F32, directions: F32) -> F32:
        columns, rows = _octahedral(directions, image.shape[0])
        return sample_rows(image, columns, rows)


def fresnel(specular: F32, cosine: F32) -> F32:
    """Schlick's reflectance (n, 3) of head-on reflectance (n, 3) at angles' cosines (n,)."""
    grazing = (1 - np.clip(cosine, 0, 1)) ** 5
    reflected: F32 = specular + (1 - specular) * grazing[:, None] * np.minimum(specular * 30, 1)
    return reflected


def facing(normals: F32, directions: F32) -> tuple[F32, F32]:
    """Normals turned towards the viewer and the cosine of the viewing angle."""
    cosine = -dot(normals, directions)
    turned: F32 = np.where((cosine < 0)[:, None], -normals, normals)
    return turned, np.abs(cosine)
