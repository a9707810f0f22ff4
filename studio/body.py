"""The lower body: fascias, flanks, bonnet and boot as one lofted surface, and the wheel arches.

Rings run from the middle of the nose along the left side to the middle of the tail; sections rise
from the underbody over the flank's crease to the shoulder and then close inward under the cabin.
"""

from dataclasses import replace

import numpy as np

from studio.arrays import F32, Numbers, smoothstep, unit
from studio.curves import Spline, by_length, half_ring, loft
from studio.mesh import Mesh, Part, clip, grid_mesh, merge

AXLES = (1.41, -1.36)
AXLE_HEIGHT = 0.347
ARCH_RADIUS = 0.383
STATIONS, SECTION = 480, 110
SHOULDER = 0.5
"""Section parameter above which a point of the body lies on its top."""

_PLAN = (
    (2.30, 0.0), (2.295, 0.28), (2.235, 0.56), (2.07, 0.80), (1.72, 0.905), (1.25, 0.918),
    (0.6, 0.908), (-0.2, 0.908), (-0.9, 0.918), (-1.45, 0.93), (-1.9, 0.885), (-2.17, 0.775),
    (-2.285, 0.52), (-2.32, 0.26), (-2.325, 0.0),
)  # fmt: skip
_CREST = Spline(
    [(2.35, 0.60), (2.2, 0.672), (2.05, 0.727), (1.8, 0.797), (1.4, 0.872), (1.05, 0.922),
     (0.6, 0.95), (0.0, 0.955), (-0.7, 0.965), (-1.3, 0.98), (-1.8, 0.988), (-2.15, 0.997),
     (-2.35, 1.005)]
)  # fmt: skip
_DROP = Spline(
    [(2.3, 0.02), (1.9, 0.055), (1.4, 0.075), (0.9, 0.055), (0.3, 0.045), (-1.2, 0.05),
     (-2.3, 0.05)]
)  # fmt: skip
_FLOOR = Spline([(2.3, 0.2), (1.9, 0.19), (0.6, 0.185), (-0.8, 0.19), (-1.7, 0.225), (-2.3, 0.29)])
# Height share of the section, inset in metres at the nose, the flank and the tail.
_SECTION = (
    (-0.01, 0.60, 0.34, 0.60), (-0.01, 0.24, 0.14, 0.26), (0.0, 0.15, 0.085, 0.16),
    (0.05, 0.075, 0.05, 0.10), (0.13, 0.025, 0.02, 0.04), (0.22, 0.0, 0.018, 0.01),
    (0.36, 0.0, 0.024, 0.0), (0.50, 0.008, 0.016, 0.0), (0.62, 0.02, 0.004, 0.0),
    (0.70, 0.034, 0.0, 0.012), (0.725, 0.04, 0.001, 0.018), (0.75, 0.046, 0.007, 0.028),
    (0.84, 0.08, 0.024, 0.05), (0.92, 0.13, 0.04, 0.055), (0.97, 0.18, 0.056, 0.05),
    (0.995, 0.225, 0.078, 0.06), (1.0, 0.27, 0.11, 0.085),
)  # fmt: skip
_TOP = (0.03, 0.12, 0.28, 0.5, 0.75, 1.0)


def top_height(x: Numbers, y: Numbers) -> Numbers:
    """Height of the bonnet, shoulder and boot surface above the floor at plan points, metres."""
    across = np.abs(y) / 0.9
    crown = 0.55 * across**2.0 + 0.45 * across**4.0
    # A raised centre section of the bonnet, fading towards the nose and the windscreen.
    ridge = 0.011 * (1 - smoothstep(0.34, 0.52, np.abs(y) + 0.1 * (2.0 - x)))
    height: Numbers = (
        _CREST(x) - _DROP(x) * crown + ridge * smoothstep(0.9, 1.3, x) * smoothstep(2.2, 1.9, x)
    )
    return height


def plan() -> tuple[Numbers, Numbers, Numbers]:
    """The widest outline: points (s, 2), outward normals (s, 2), length from the nose (s,)."""
    points, length = by_length(half_ring(_PLAN, 6000), STATIONS)
    tangent = np.gradient(points, axis=0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1)
    return points, normal / np.linalg.norm(normal, axis=1, keepdims=True), length


def _inset(normal: Numbers, nose: float, flank: float, tail: float) -> Numbers:
    """Inset along the outline, blended by where its normal points."""
    forward, side = np.clip(normal[:, 0], 0, 1) ** 2, normal[:, 1] ** 2
    backward = np.clip(-normal[:, 0], 0, 1) ** 2
    inset: Numbers = nose * forward + flank * side + tail * backward
    return inset


def _flare(x: Numbers, z: Numbers) -> Numbers:
    """Outward swelling of the flank around the wheel arches, metres."""
    swell = np.zeros_like(x)
    for axle in AXLES:
        distance = np.hypot(x - axle, z - AXLE_HEIGHT)
        swell += 0.026 * np.exp(-(((distance - 0.41) / 0.085) ** 2))
    return swell * smoothstep(1.02, 0.62, z)


def _rows() -> Numbers:
    """Control rows (r, s, 3) from the underbody to the centre line on top."""
    points, normal, _ = plan()
    edge = points - normal * _inset(normal, *_SECTION[-1][1:])[:, None]
    low, high = _FLOOR(points[:, 0]), top_height(edge[:, 0], edge[:, 1])
    rows = []
    for share, nose, flank, tail in _SECTION:
        z = low + share * (high - low)
        flat = points - normal * _inset(normal, nose, flank, tail)[:, None]
        flare = _flare(flat[:, 0], z) * np.clip(normal[:, 1], 0, 1) ** 2
        rows.append(np.column_stack([flat + normal * flare[:, None], z]))
    for share in _TOP:
        x, y = edge[:, 0] * (1 - 0.5 * share), edge[:, 1] * (1 - share)
        rows.append(np.column_stack([x, y, top_height(x, y)]))
    return np.array(rows)


def _section_parameter(samples: int) -> Numbers:
    """0..1 up the section, with the shoulder's crest at `SHOULDER`."""
    rows, side = len(_SECTION) + len(_TOP), len(_SECTION)
    at = np.linspace(-1, rows, samples)
    return np.interp(at, [-1, side - 2.0, rows], [0.0, SHOULDER, 1.0])


def arch_field(vertices: F32) -> Numbers:
    """Negative inside the wheel openings of the flanks, positive elsewhere, metres."""
    outside = np.full(len(vertices), 1.0)
    for axle in AXLES:
        ring = np.hypot(vertices[:, 0] - axle, vertices[:, 2] - AXLE_HEIGHT) - ARCH_RADIUS
        outside = np.minimum(outside, ring)
    return np.where(np.abs(vertices[:, 1]) > 0.45, outside, 1.0)


def _uncut() -> Mesh:
    """The left half before the wheel arches are cut; uv: outline length, section parameter."""
    surface = loft(_rows(), SECTION)
    _, _, length = plan()
    parameter = _section_parameter(SECTION)
    uv = np.stack(np.broadcast_arrays(length[None, :], parameter[:, None]), axis=-1)
    mesh = grid_mesh(surface, uv, Part.BODY)
    normals = mesh.normals.copy()
    normals[np.abs(mesh.vertices[:, 1]) < 1e-5, 1] = 0.0
    return replace(mesh, normals=unit(normals))


def _lip(shell: Mesh, axle: float) -> Mesh:
    """The edge of a wheel opening folded inward, then the liner behind it."""
    angle = np.linspace(-0.42, np.pi + 0.42, 180)
    x, z = axle + ARCH_RADIUS * np.cos(angle), AXLE_HEIGHT + ARCH_RADIUS * np.sin(angle)
    near = shell.vertices[np.abs(arch_field(shell.vertices)) < 0.02]
    near = near[(np.abs(near[:, 0] - axle) < 0.5) & (near[:, 1] > 0.6)]
    around = np.arctan2(near[:, 2] - AXLE_HEIGHT, near[:, 0] - axle)
    around = np.where(around < -1.6, around + 2 * np.pi, around)
    order = np.argsort(around)
    edge = np.interp(angle, around[order], near[order, 1])
    edge = np.convolve(np.pad(edge, 4, mode="edge"), np.full(9, 1 / 9), mode="valid")
    depth = np.array([0.0, 0.012, 0.03])[:, None]
    rolled = np.array([1.0, 0.992, 0.992])[:, None]
    y = edge - depth
    lip = np.stack([axle + (x - axle) * rolled, y, AXLE_HEIGHT + (z - AXLE_HEIGHT) * rolled], -1)
    uv = np.zeros((*lip.shape[:2], 2))
    arc = lip[-1][np.abs(angle - np.pi / 2) < np.pi / 2 + _liner_reach(axle)]
    wall = np.stack([arc, arc * [1, 0, 1] + [0, 0.5, 0]])
    parts = [grid_mesh(lip, uv, Part.HOLDER), grid_mesh(wall, uv[:2, : len(arc)], Part.LINER)]
    return merge(parts)


def _liner_end(axle: float) -> float:
    """Height at which a wheel well's liner ends, just inside the body's floor, metres."""
    return float(_FLOOR(axle)) + 0.012 + 0.025 * (axle < 0)


def _liner_reach(axle: float) -> float:
    """How far the liner goes down past the axle's height, radians."""
    return float(np.arcsin((AXLE_HEIGHT - _liner_end(axle)) / ARCH_RADIUS))


def _liner_back(axle: float) -> Mesh:
    """The dark inner wall of a wheel well."""
    angle = np.linspace(0, 2 * np.pi, 60)
    radius = np.array([0.0, ARCH_RADIUS + 0.02])[:, None]
    x, z = axle + radius * np.cos(angle), AXLE_HEIGHT + radius * np.sin(angle)
    points = np.stack([x, np.full_like(x, 0.52), np.maximum(z, _liner_end(axle))], -1)
    return grid_mesh(points, np.zeros((2, 60, 2)), Part.LINER)


def half_body() -> Mesh:
    """The left half of the lower body with its wheel arches cut, lipped and lined."""
    shell = _uncut()
    parts = [clip(shell, arch_field)]
    for axle in AXLES:
        parts += [_lip(shell, axle), _liner_back(axle)]
    return merge(parts)
