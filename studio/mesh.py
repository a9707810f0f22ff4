"""Triangle meshes with per-vertex normals and texture coordinates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from studio.arrays import F32, I32, Numbers, f32, unit


class Part(IntEnum):
    """What a triangle belongs to; decides which material or decal a hit gets."""

    BODY = 0
    CABIN = 1
    TYRE = 2
    RIM = 3
    BRAKE = 4
    CALIPER = 5
    LINER = 6
    MIRROR = 7
    INTERIOR = 8
    PLATE = 9
    HOLDER = 10
    BARREL = 11
    HANDLE = 12


@dataclass(frozen=True)
class Mesh:
    """Vertices, normals (v, 3), uv (v, 2), faces and part (f, 3), (f,); metres, x forward, z up."""

    vertices: F32
    normals: F32
    uv: F32
    faces: I32
    part: I32

    def moved(self, offset: Sequence[float]) -> "Mesh":
        """The mesh shifted by `offset` (x, y, z)."""
        return replace(self, vertices=self.vertices + f32(offset))

    def mirrored(self) -> "Mesh":
        """The mesh reflected to the car's other side (y -> -y), winding kept outward."""
        flip = f32([1, -1, 1])
        faces = np.ascontiguousarray(self.faces[:, ::-1])
        return replace(
            self, vertices=self.vertices * flip, normals=self.normals * flip, faces=faces
        )


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """One mesh of all `meshes`, in order."""
    starts = np.cumsum([0] + [len(m.vertices) for m in meshes[:-1]])
    faces = [m.faces + np.int32(s) for m, s in zip(meshes, starts, strict=True)]
    return Mesh(
        np.concatenate([m.vertices for m in meshes]),
        np.concatenate([m.normals for m in meshes]),
        np.concatenate([m.uv for m in meshes]),
        np.concatenate(faces).astype(np.int32),
        np.concatenate([m.part for m in meshes]),
    )


def vertex_normals(vertices: Numbers, faces: Numbers) -> F32:
    """Area-weighted vertex normals (v, 3)."""
    a, b, c = (vertices[faces[:, k]].astype(np.float64) for k in range(3))
    cross = np.cross(b - a, c - a)
    total = np.zeros((len(vertices), 3))
    for axis in range(3):
        for corner in range(3):
            total[:, axis] += np.bincount(faces[:, corner], cross[:, axis], len(vertices))
    return unit(f32(total * 1e6))


def grid_mesh(points: Numbers, uv: Numbers, part: Part, *, seam: bool = False) -> Mesh:
    """Triangles over a grid of points (r, c, 3) with uv (r, c, 2).

    The outside is where (next column) x (next row) points. `seam` joins the last column's normals
    to the first's, for surfaces that close on themselves.
    """
    rows, columns = points.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    faces = np.concatenate([np.stack(t, -1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))])
    flat = points.reshape(-1, 3)
    normals = vertex_normals(flat, faces).reshape(rows, columns, 3)
    if seam:
        joined = unit(normals[:, 0] + normals[:, -1])
        normals[:, 0] = normals[:, -1] = joined
    label = np.full(len(faces), int(part), np.int32)
    return Mesh(
        f32(flat),
        f32(normals.reshape(-1, 3)),
        f32(uv.reshape(-1, 2)),
        faces.astype(np.int32),
        label,
    )


def superellipsoid(
    centre: Sequence[float], radii: Sequence[float], part: Part, power: float = 4.0, steps: int = 40
) -> Mesh:
    """A rounded box: |x/a|^p + |y/b|^p + |z/c|^p = 1, for `power` p (2 is an ellipsoid)."""
    phi, theta = np.meshgrid(
        np.linspace(-np.pi, np.pi, 2 * steps), np.linspace(-1.5707, 1.5707, steps)
    )
    around = np.stack([np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), np.sin(theta)], -1)
    reach = (np.abs(around) ** power).sum(-1, keepdims=True) ** (-1 / power)
    points = around * reach * np.asarray(radii) + np.asarray(centre)
    return grid_mesh(points, np.stack([phi, theta], -1), part, seam=True)


def box(low: Sequence[float], high: Sequence[float], part: Part) -> Mesh:
    """An axis-aligned box; uv: 0..1 over y and z of a face, over x and z where y is constant."""
    a, b = np.asarray(low, float), np.asarray(high, float)
    sides = []
    for axis, end in ((0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)):
        p, q = (axis + 1) % 3, (axis + 2) % 3
        corner = np.zeros((2, 2, 3))
        corner[..., axis] = (a, b)[end][axis]
        corner[..., p] = np.array([[a[p], b[p]]] * 2)
        corner[..., q] = np.array([[a[q]] * 2, [b[q]] * 2])
        corner = corner if end else corner[::-1]
        share = (corner - a) / (b - a)
        sides.append(grid_mesh(corner, share[..., [1 if axis != 1 else 0, 2]], part))
    return merge(sides)


def clip(mesh: Mesh, field: Callable[[F32], Numbers]) -> Mesh:
    """The part of `mesh` where field(vertices) >= 0, cut through the triangles it crosses."""
    value = field(mesh.vertices)
    inside = (value >= 0)[mesh.faces]
    count = inside.sum(1)
    meshes = [replace(mesh, faces=mesh.faces[count == 3], part=mesh.part[count == 3])]
    for kept in (1, 2):
        chosen = count == kept
        odd = inside[chosen] if kept == 1 else ~inside[chosen]
        turn = (np.argmax(odd, axis=1)[:, None] + np.arange(3)) % 3
        corners = np.take_along_axis(mesh.faces[chosen], turn, axis=1)
        meshes.append(_cut(mesh, corners, value, mesh.part[chosen], keep_tip=kept == 1))
    return merge(meshes)


def _cut(mesh: Mesh, corners: Numbers, value: Numbers, part: I32, *, keep_tip: bool) -> Mesh:
    """Triangles whose first corner alone lies on its side of the field, cut at the zero line."""
    tip, second, third = corners.T
    columns = np.hstack([mesh.vertices, mesh.normals, mesh.uv])

    def crossing(other: Numbers) -> Numbers:
        share = (value[tip] / (value[tip] - value[other]))[:, None]
        crossed: Numbers = columns[tip] * (1 - share) + columns[other] * share
        return crossed

    p, q = crossing(second), crossing(third)
    if keep_tip:
        corner = np.concatenate([columns[tip], p, q])
        label = part
    else:
        corner = np.concatenate([p, p, columns[second], columns[third], columns[third], q])
        label = np.concatenate([part, part])
    faces = np.arange(len(corner), dtype=np.int32).reshape(3, -1).T
    rows = f32(corner)
    return Mesh(rows[:, :3], unit(rows[:, 3:6]), rows[:, 6:], np.ascontiguousarray(faces), label)
