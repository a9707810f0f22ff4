"""Light leaving the car towards the camera: paint, metal, glass and one bounce of reflection."""

from dataclasses import dataclass

import numpy as np

from studio.arrays import F32, Numbers, f32, unit
from studio.bake import FLOOR_EXTENT
from studio.lighting import facing, fresnel, sample_rows
from studio.materials import DIFFUSE, GLOW, PART_MATERIAL, SHARP, SPECULAR, Material
from studio.scene import Scene
from studio.surface import Surface, surface_at

FLOOR_ALBEDO = 0.40
_PANES = 3
_GLASS_TINT: F32 = f32([0.60, 0.645, 0.635])
_NUDGE = np.float32(0.003)


@dataclass(frozen=True)
class Light:
    """Radiance towards the camera (n, 3); share (n,) that passes of what lies behind."""

    radiance: F32
    through: F32


class Shader:
    """Shades rays given in car axes while the table stands at one angle."""

    def __init__(self, scene: Scene, turn: F32, paint: F32) -> None:
        self.scene, self._paint = scene, paint
        self._to_room = f32(turn.T)

    def look(self, origins: F32, directions: F32) -> Light:
        """Follow camera rays (n, 3), (n, 3) through up to three layers of glass."""
        radiance = np.zeros(directions.shape, np.float32)
        weight = np.ones(directions.shape, np.float32)
        alive, start = np.arange(len(directions)), origins
        for _ in range(_PANES):
            along = directions[alive]
            hits = self.scene.tracer.nearest(start, along)
            met = np.nonzero(hits.triangle >= 0)[0]
            if not len(met):
                break
            surface = surface_at(self.scene, self._paint, hits, met, start[met], along[met])
            glass = surface.material == int(Material.GLASS)
            rays = alive[met]
            radiance[rays] += weight[rays] * self._leaving(surface, along[met])
            alive = rays[glass]
            weight[rays[~glass]] = 0
            weight[alive] *= _GLASS_TINT
            start = surface.points[glass] + along[met][glass] * _NUDGE
        else:
            weight[alive] = 0
        return Light(radiance, weight[:, 1].copy())

    def mirrored(self, origins: F32, directions: F32) -> tuple[F32, F32]:
        """Coarse radiance (n, 3) of the car along rays, and how far it is (n,), inf for a miss."""
        hits = self.scene.tracer.nearest(origins, directions)
        met = hits.triangle >= 0
        radiance = np.zeros(directions.shape, np.float32)
        radiance[met] = self._coarse(hits.triangle[met])
        return radiance, np.where(met, hits.distance, np.float32(np.inf))

    def _coarse(self, triangle: Numbers) -> F32:
        """Diffuse radiance of triangles, without detail: (n, 3)."""
        scene = self.scene
        corner = scene.attributes[scene.faces[triangle, 0]]
        material = PART_MATERIAL[scene.part[triangle]]
        colour = DIFFUSE[material]
        colour = np.where((material == int(Material.PAINT))[:, None], self._paint, colour)
        colour = np.where((material == int(Material.GLASS))[:, None], np.float32(0.06), colour)
        light = scene.lighting.irradiance(corner[:, :3] @ self._to_room)
        coarse: F32 = colour * light * corner[:, 5:]
        return coarse

    def _leaving(self, surface: Surface, directions: F32) -> F32:
        """Radiance (n, 3) of surfaces towards the viewer."""
        normals, cosine = facing(surface.normals, directions)
        mirror = unit(directions + normals * (2 * cosine)[:, None])
        lighting, open_ = self.scene.lighting, surface.openness[:, None]
        radiance = surface.diffuse * lighting.irradiance(normals @ self._to_room) * open_
        radiance += surface.diffuse * GLOW[surface.material][:, None]
        reflectance = fresnel(SPECULAR[surface.material], cosine)
        sharp = np.nonzero(SHARP[surface.material])[0]
        rough = np.nonzero(~SHARP[surface.material])[0]
        satin = lighting.rough_reflection(mirror[rough] @ self._to_room)
        radiance[rough] += reflectance[rough] * satin * open_[rough]
        self._add_flakes(radiance, surface, mirror)
        points = surface.points[sharp] + normals[sharp] * _NUDGE
        radiance[sharp] += reflectance[sharp] * self._reflected(points, mirror[sharp])
        return radiance

    def _add_flakes(self, radiance: F32, surface: Surface, mirror: F32) -> None:
        """Metallic paint: less diffuse light, more of it mirrored by the flakes under the coat."""
        rows = np.nonzero(surface.material == int(Material.PAINT))[0]
        satin = self.scene.lighting.rough_reflection(mirror[rows] @ self._to_room)
        flakes = surface.diffuse[rows] * satin * surface.openness[rows, None]
        radiance[rows] = radiance[rows] * np.float32(0.55) + flakes * np.float32(0.62)

    def _reflected(self, points: F32, directions: F32) -> F32:
        """Radiance (n, 3) arriving at `points` along mirror directions: car, floor or studio."""
        light, distance = self.mirrored(points, directions)
        met = np.isfinite(distance)
        down = ~met & (directions[:, 2] < -0.01)
        free = ~met & ~down
        light[down] = self._floor(points[down], directions[down])
        light[free] = self.scene.lighting.radiance(
            points[free] @ self._to_room, directions[free] @ self._to_room
        )
        return light

    def _floor(self, points: F32, directions: F32) -> F32:
        """Radiance (n, 3) of the floor where downward rays meet it."""
        reach = points[:, 2] / -directions[:, 2]
        x, y = (points[:, k] + directions[:, k] * reach for k in (0, 1))
        shade = floor_shade(self.scene, x, y)
        far = np.exp(-np.hypot(x, y) / np.float32(14.0))
        radiance: F32 = (np.float32(FLOOR_ALBEDO * 0.95) * shade * far)[:, None] * np.ones(
            3, np.float32
        )
        return radiance


def floor_shade(scene: Scene, x: F32, y: F32) -> F32:
    """Light left on floor points of the car's axes, 0..1: (n,)."""
    rows, columns = scene.floor_open.shape
    column = (x / FLOOR_EXTENT[0] + 1) / 2 * columns - 0.5
    row = (y / FLOOR_EXTENT[1] + 1) / 2 * rows - 0.5
    shade = sample_rows(scene.floor_open, f32(column), f32(row))
    return np.clip(shade, 0, 1)
