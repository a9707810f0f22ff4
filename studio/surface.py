"""From ray hits to surfaces: place, normal, material and colour of each hit."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.arrays import F32, Bool, Numbers, dot, f32, unit
from studio.body import SHOULDER
from studio.decals import Decal
from studio.materials import DECAL_COLOURED, DIFFUSE, PART_MATERIAL, Material
from studio.mesh import Part
from studio.scene import Scene
from studio.tracer import Hits
from studio.tyres import tyre_detail
from studio.wheels import spoke_field


@dataclass(frozen=True)
class Surface:
    """n hits in car axes: points, normals (n, 3), material (n,), diffuse (n, 3), openness (n,)."""

    points: F32
    normals: F32
    material: Numbers
    diffuse: F32
    openness: F32
    part: Numbers


_LINEAR: F32 = f32((np.arange(256) / 255.0) ** 2.2)


def surface_at(
    scene: Scene, paint: F32, hits: Hits, chosen: Numbers, origins: F32, directions: F32
) -> Surface:
    """The surfaces under `hits` numbered `chosen` (n,) of rays (n, 3), (n, 3); linear paint."""
    triangle = hits.triangle[chosen]
    u, v = hits.u[chosen, None], hits.v[chosen, None]
    a, b, c = (np.take(scene.attributes, corner, axis=0) for corner in scene.faces[triangle].T)
    mixed = a + (b - a) * u + (c - a) * v
    part = scene.part[triangle]
    material = PART_MATERIAL[part]
    points = origins + directions * hits.distance[chosen, None]
    surface = Surface(
        points, unit(mixed[:, :3]), material, DIFFUSE[material], np.clip(mixed[:, 5], 0, 1), part
    )
    for kind, detail in _DETAILS.items():
        rows = np.nonzero(part == int(kind))[0]
        if len(rows):
            detail(scene, surface, mixed[:, 3:5], rows)
    surface.diffuse[surface.material == int(Material.PAINT)] = paint
    _line_inside(surface, directions)
    return surface


def _line_inside(surface: Surface, directions: F32) -> None:
    """The cabin's skin seen from within is trim, save where it is glass."""
    back = dot(surface.normals, directions) > 0
    skin = (surface.part == int(Part.CABIN)) | (surface.part == int(Part.BODY))
    lining = back & skin & (surface.material != int(Material.GLASS))
    surface.material[lining] = int(Material.INTERIOR)
    surface.diffuse[lining] = DIFFUSE[int(Material.INTERIOR)]
    surface.openness[lining] = 0.25


def _apply(surface: Surface, decal: Decal, u: F32, v: F32, rows: Numbers) -> None:
    """Lay `decal` on the hits numbered `rows` at their surface coordinates."""
    material, colour, slope = decal.look(u, v)
    surface.material[rows] = material
    coloured = DECAL_COLOURED[material]
    diffuse = DIFFUSE[material]
    diffuse[coloured] = _LINEAR[colour[coloured]]
    surface.diffuse[rows] = diffuse
    bent = ((np.abs(slope[:, 0]) > 1e-4) | (np.abs(slope[:, 1]) > 1e-4)).nonzero()[0]
    surface.normals[rows[bent]] = _tilted(surface.normals[rows[bent]], slope[bent])


def _tilted(normals: F32, slope: F32) -> F32:
    """Normals tilted by a height gradient along the outline (nose to tail) and up."""
    along = np.stack([-np.abs(normals[:, 1]), normals[:, 0] * np.sign(normals[:, 1]),
                      np.zeros(len(normals), np.float32)], -1)  # fmt: skip
    along = unit(f32(along))
    up = np.cross(along, normals)
    up *= np.where(up[:, 2:] < 0, -1, 1)
    return unit(f32(normals - along * slope[:, :1] - up * slope[:, 1:]))


def _body(scene: Scene, surface: Surface, uv: F32, rows: Numbers) -> None:
    points = surface.points[rows]
    flank: Bool = uv[rows, 1] < SHOULDER
    side = rows[flank]
    _apply(surface, scene.livery.wrap, uv[side, 0], points[flank, 2], side)
    top = rows[~flank]
    _apply(surface, scene.livery.top, points[~flank, 0], np.abs(points[~flank, 1]), top)


def _cabin(scene: Scene, surface: Surface, uv: F32, rows: Numbers) -> None:
    _apply(surface, scene.livery.cabin, uv[rows, 0], uv[rows, 1], rows)


def _plate(scene: Scene, surface: Surface, uv: F32, rows: Numbers) -> None:
    # The text reads from left to right on both ends of the car.
    across = np.where(surface.points[rows, 0] > 0, uv[rows, 0], 1 - uv[rows, 0])
    _apply(surface, scene.livery.plate, f32(across), uv[rows, 1], rows)


def _mirror(scene: Scene, surface: Surface, uv: F32, rows: Numbers) -> None:
    pane = rows[surface.normals[rows, 0] < -0.93]
    surface.material[pane] = int(Material.MIRROR)
    low = rows[surface.points[rows, 2] < 0.960]
    surface.material[low] = int(Material.TRIM)
    for chosen in (pane, low):
        surface.diffuse[chosen] = DIFFUSE[surface.material[chosen]]


def _rim(scene: Scene, surface: Surface, uv: F32, rows: Numbers) -> None:
    solid = spoke_field(uv[rows, 1], uv[rows, 0])
    dark = rows[(solid < 0.0008) & (uv[rows, 1] < 0.245)]
    surface.material[dark] = int(Material.ALLOY_DARK)
    surface.diffuse[dark] = DIFFUSE[int(Material.ALLOY_DARK)]


def _tyre(scene: Scene, surface: Surface, uv: F32, rows: Numbers) -> None:
    # The wheels of both sides mirror each other; their lettering must not.
    side = np.sign(surface.points[rows, 1])
    y = np.abs(surface.points[rows, 1])
    shade, lean = tyre_detail(-side * uv[rows, 0], uv[rows, 1], y)
    surface.diffuse[rows] *= shade[:, None]
    surface.openness[rows] *= np.clip(shade, 0.1, 1)
    surface.normals[rows, 1] += lean * side
    surface.normals[rows] = unit(surface.normals[rows])


_DETAILS: dict[Part, Callable[[Scene, Surface, F32, Numbers], None]] = {
    Part.BODY: _body,
    Part.CABIN: _cabin,
    Part.PLATE: _plate,
    Part.MIRROR: _mirror,
    Part.RIM: _rim,
    Part.TYRE: _tyre,
}
