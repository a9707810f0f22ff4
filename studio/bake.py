"""What does not depend on the angle: how much of the sky each vertex and floor point sees."""

import cv2
import numpy as np

from studio.arrays import F32, I32, Numbers, f32, unit
from studio.mesh import Mesh, Part, box, merge
from studio.tracer import Tracer

FLOOR_EXTENT = (4.0, 3.0)
"""Half size in metres of the floor area with baked shadow, in car axes."""
_FLOOR_GRID = (220, 165)
_CHUNK = 1 << 14


def _hemisphere(count: int, power: float = 0.5) -> Numbers:
    """`count` directions about +z, cosine-weighted for power 0.5, on a golden-angle spiral."""
    share = (np.arange(count) + 0.5) / count
    z = (1 - share) ** power
    around = np.arange(count) * np.pi * (3 - np.sqrt(5))
    flat = np.sqrt(1 - z * z)
    return np.stack([flat * np.cos(around), flat * np.sin(around), z], -1)


def _frames(normals: F32) -> tuple[F32, F32]:
    """Two unit tangents for each normal (n, 3)."""
    axis = np.where(np.abs(normals[:, 2:]) < 0.9, f32([[0, 0, 1]]), f32([[1, 0, 0]]))
    tangent = unit(np.cross(axis, normals).astype(np.float32))
    return tangent, np.cross(normals, tangent).astype(np.float32)


def _openness(tracer: Tracer, points: F32, normals: F32, rays: Numbers) -> F32:
    """Share of `rays` (k, 3; about the normal) that leave each point unblocked: (n,)."""
    total = np.zeros(len(points), np.float32)
    tangent, across = _frames(normals)
    start = points + normals * np.float32(0.004)
    for x, y, z in rays.astype(np.float32):
        total += ~tracer.blocked(start, tangent * x + across * y + normals * z)
    return total / np.float32(len(rays))


def car_tracer(mesh: Mesh) -> Tracer:
    """The car and, invisible in the floor under it, a slab that stands for the shaded floor."""
    slab = box((-2.15, -0.82, -0.06), (2.15, 0.82, -0.004), Part.LINER)
    everything = merge([mesh, slab])
    return Tracer(everything.vertices, everything.faces, len(mesh.faces))


def vertex_openness(tracer: Tracer, mesh: Mesh, rays: int = 16) -> F32:
    """Ambient visibility 0..1 of each vertex of `mesh`."""
    directions = _hemisphere(rays)
    chunks = range(0, len(mesh.vertices), _CHUNK)
    seen = [
        _openness(tracer, mesh.vertices[i : i + _CHUNK], mesh.normals[i : i + _CHUNK], directions)
        for i in chunks
    ]
    openness = np.concatenate(seen)
    inside = _vertices_of(mesh.faces[mesh.part == int(Part.INTERIOR)])
    # Windows block rays here, so the interior gets the light of its height instead.
    openness[inside] = np.clip((mesh.vertices[inside, 2] - 0.55) * 0.75, 0.03, 0.5)
    return openness


def _vertices_of(faces: I32) -> Numbers:
    return np.unique(faces)


def floor_openness(tracer: Tracer, rays: int = 64) -> F32:
    """Visibility of the lights from the floor around the car: (rows: y, columns: x), 0..1."""
    columns, rows = _FLOOR_GRID
    x = (np.arange(columns) + 0.5) / columns * 2 - 1
    y = (np.arange(rows) + 0.5) / rows * 2 - 1
    grid = np.meshgrid(x * FLOOR_EXTENT[0], y * FLOOR_EXTENT[1])
    points = f32(np.stack([*grid, np.zeros_like(grid[0])], -1).reshape(-1, 3))
    up = np.tile(f32([[0, 0, 1]]), (len(points), 1))
    open_ = _openness(tracer, points, up, _hemisphere(rays, 0.42)).reshape(rows, columns)
    smooth: F32 = f32(cv2.GaussianBlur(open_, (0, 0), 1.2))
    return smooth
