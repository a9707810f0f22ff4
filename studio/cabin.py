"""The cabin above the shoulder: glass, pillars and roof, and the seats inside."""

from dataclasses import replace

import numpy as np

from studio.arrays import Numbers, unit
from studio.body import top_height
from studio.curves import Spline, half_ring, loft
from studio.mesh import Mesh, Part, grid_mesh, merge, superellipsoid

COLUMNS, SECTION = 320, 70

# Base x, y and roof x, y of the same place on the outline, from windscreen to rear window.
_OUTLINE = (
    (1.20, 0.0, 0.36, 0.0), (1.18, 0.24, 0.35, 0.17), (1.09, 0.50, 0.30, 0.35),
    (0.93, 0.70, 0.20, 0.485), (0.80, 0.785, 0.10, 0.555), (0.62, 0.815, -0.02, 0.58),
    (0.25, 0.83, -0.2, 0.592), (-0.3, 0.84, -0.45, 0.595), (-0.85, 0.832, -0.7, 0.588),
    (-1.30, 0.80, -0.90, 0.57), (-1.62, 0.745, -1.02, 0.545), (-1.82, 0.665, -1.10, 0.50),
    (-1.96, 0.52, -1.17, 0.41), (-2.03, 0.28, -1.22, 0.22), (-2.05, 0.0, -1.235, 0.0),
)  # fmt: skip
_ROOFLINE = Spline(
    [
        (0.6, 1.29),
        (0.3, 1.362),
        (0.0, 1.405),
        (-0.35, 1.422),
        (-0.75, 1.405),
        (-1.1, 1.355),
        (-1.3, 1.31),
    ]
)
# Share of the way from base to roof outline, outward bulge in metres.
_SECTION = (
    (0.0, 0.0), (0.0, 0.0), (0.12, 0.006), (0.3, 0.017), (0.5, 0.023), (0.7, 0.021), (0.84, 0.013),
    (0.93, 0.004), (0.985, -0.006),
)  # fmt: skip
_TOP = (0.07, 0.2, 0.4, 0.65, 1.0)


def _roof_height(x: Numbers, y: Numbers) -> Numbers:
    height: Numbers = _ROOFLINE(x) - 0.11 * (np.abs(y) / 0.6) ** 2.4
    return height


def _rows() -> Numbers:
    """Control rows (r, s, 3) from below the shoulder to the roof's centre line."""
    outline = half_ring(_OUTLINE, COLUMNS)
    base = np.column_stack([outline[:, :2], top_height(outline[:, 0], outline[:, 1]) + 0.003])
    roof = np.column_stack([outline[:, 2:], np.zeros(COLUMNS)])
    roof[:, 2] = _roof_height(roof[:, 0], roof[:, 1])
    tangent = np.gradient(outline[:, :2], axis=0)
    normal = np.column_stack([tangent[:, 1], -tangent[:, 0], np.full(COLUMNS, 0.0)])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    normal[:, 2] = 0.6
    rows = [base - [0, 0, 0.09]]
    rows += [base + share * (roof - base) + bulge * normal for share, bulge in _SECTION]
    for share in _TOP:
        x, y = roof[:, 0] * (1 - 0.45 * share) - 0.2 * share, roof[:, 1] * (1 - share)
        rows.append(np.column_stack([x, y, _roof_height(x, y)]))
    return np.array(rows)


def _section_parameter() -> Numbers:
    """0 at the shoulder, 1 at the roof's edge, up to 2 at the roof's centre line."""
    rows, side = len(_SECTION) + len(_TOP) + 1, len(_SECTION)
    at = np.linspace(-1, rows, SECTION)
    shares = [-0.1, -0.1, *(share for share, _ in _SECTION), 1.0, 2.0]
    return np.interp(at, [-1, *range(side + 2), rows], shares)


def half_shell() -> Mesh:
    """The left half of the glasshouse; uv: 0..1 along the outline from nose to tail, section."""
    surface = loft(_rows(), SECTION)
    along = np.linspace(0, 1, COLUMNS)
    uv = np.stack(np.broadcast_arrays(along[None, :], _section_parameter()[:, None]), axis=-1)
    mesh = grid_mesh(surface, uv, Part.CABIN)
    normals = mesh.normals.copy()
    normals[np.abs(mesh.vertices[:, 1]) < 1e-5, 1] = 0.0
    return replace(mesh, normals=unit(normals))


def _seat(x: float, y: float) -> list[Mesh]:
    back = superellipsoid((x - 0.22, y, 0.80), (0.085, 0.235, 0.30), Part.INTERIOR, 3.0, 24)
    head = superellipsoid((x - 0.27, y, 1.165), (0.05, 0.13, 0.085), Part.INTERIOR, 3.0, 20)
    cushion = superellipsoid((x + 0.08, y, 0.56), (0.27, 0.24, 0.09), Part.INTERIOR, 3.0, 20)
    return [back, head, cushion]


def _steering_wheel(y: float) -> Mesh:
    around, tube = np.meshgrid(np.linspace(0, 2 * np.pi, 48), np.linspace(0, 2 * np.pi, 12))
    ring = 0.175 + 0.016 * np.cos(tube)
    flat = np.stack([0.016 * np.sin(tube), ring * np.cos(around), ring * np.sin(around)], -1)
    lean = np.array([[0.9, 0.0, 0.43], [0.0, 1.0, 0.0], [-0.43, 0.0, 0.9]])
    points = flat @ lean + np.array([0.36, y, 0.95])
    return grid_mesh(points, np.stack([around, tube], -1), Part.INTERIOR, seam=True)


def interior() -> Mesh:
    """Seats, steering wheel, dashboard and parcel shelf, as far as they show through the glass."""
    meshes = [m for y in (0.37, -0.37) for x in (0.05, -0.85) for m in _seat(x, y)]
    meshes.append(_steering_wheel(0.37))
    meshes.append(superellipsoid((0.80, 0.0, 0.80), (0.32, 0.74, 0.125), Part.INTERIOR, 4.0, 30))
    meshes.append(superellipsoid((-1.45, 0.0, 0.86), (0.42, 0.66, 0.06), Part.INTERIOR, 5.0, 24))
    meshes.append(superellipsoid((-0.3, 0.0, 0.42), (1.2, 0.72, 0.07), Part.INTERIOR, 6.0, 20))
    mirror = superellipsoid((0.42, 0.0, 1.235), (0.02, 0.11, 0.035), Part.INTERIOR, 4.0, 16)
    return merge([*meshes, mirror])
