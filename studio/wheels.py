"""Wheels: tyre, ten-spoke alloy rim, brake disc and caliper, modelled as seen from the left."""

import numpy as np

from studio.arrays import F32, Numbers, f32, smoothstep
from studio.body import AXLE_HEIGHT, AXLES
from studio.curves import bspline_basis
from studio.mesh import Mesh, Part, clip, grid_mesh, merge

TYRE_RADIUS = 0.349
RIM_RADIUS = 0.256
TRACK = 0.80
"""Distance of a wheel's middle from the car's centre line, metres."""

_HALF_TYRE = (
    (0.244, 0.090), (0.248, 0.108), (0.258, 0.112), (0.280, 0.1175), (0.306, 0.1185),
    (0.327, 0.113), (0.341, 0.103), (0.3475, 0.090), (0.349, 0.065), (0.3495, 0.03), (0.3495, 0.0),
)  # fmt: skip


def _revolve(profile: Numbers, columns: int, part: Part) -> Mesh:
    """A surface of revolution about y; profile (r, 2) of radius and y, from outside to inside."""
    angle = np.linspace(0, 2 * np.pi, columns)
    radius, y = profile[:, :1], profile[:, 1:]
    x, z = radius * np.cos(angle), radius * np.sin(angle)
    points = np.stack([x, np.broadcast_to(y, x.shape), z], -1)
    uv = np.stack(np.broadcast_arrays(angle[None, :], profile[:, :1]), axis=-1)
    return grid_mesh(points, uv, part, seam=True)


def tyre() -> Mesh:
    """The tyre, flattened where it stands on the floor; uv: angle, radius."""
    half = np.array(_HALF_TYRE)
    profile = np.vstack([half, half[-2::-1] * [1, -1]])
    smooth = bspline_basis(len(profile), 52) @ profile
    mesh = _revolve(smooth, 260, Part.TYRE)
    vertices = mesh.vertices.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2], f32(-AXLE_HEIGHT + 0.001))
    return Mesh(vertices, mesh.normals, mesh.uv, mesh.faces, mesh.part)


def spoke_field(radius: Numbers, angle: Numbers) -> Numbers:
    """Distance in metres into the solid of the rim's face, negative in its openings."""
    pitch = 2 * np.pi / 5
    local = np.abs((angle + pitch / 2) % pitch - pitch / 2)
    spread = np.interp(radius, [0.05, 0.12, 0.235], [0.12, 0.20, 0.31])
    width = np.interp(radius, [0.05, 0.11, 0.18, 0.235], [0.021, 0.0145, 0.0125, 0.0165])
    spoke = width - radius * np.abs(local - spread)
    web = 0.135 + 0.018 * np.cos(local * 5 / 2 * 2) - radius
    web = np.where(local < 0.2, np.minimum(web - 0.02, 0.02), -1.0)
    hub, lip = 0.066 - radius, radius - 0.2235
    field: Numbers = np.maximum.reduce([spoke, web, hub, lip])
    return field


def _face_depth(radius: Numbers, angle: Numbers, solid: Numbers) -> Numbers:
    """Outward position of the rim's face relative to its lip, metres."""
    dish = np.interp(
        radius, [0, 0.03, 0.07, 0.15, 0.215, 0.232, RIM_RADIUS], [-14, -14, -17, -13, -9, -2, 0]
    )
    bevel = -0.006 * (1 - smoothstep(0.0, 0.0045, solid)) - 0.034 * smoothstep(0.0, -0.003, solid)
    bolt = np.abs((angle + np.pi / 5) % (2 * np.pi / 5) - np.pi / 5) * radius
    hole = -0.012 * smoothstep(0.0105, 0.0085, np.hypot(bolt, radius - 0.052))
    cap = 0.004 * smoothstep(0.031, 0.029, radius)
    depth: Numbers = dish / 1000 + bevel + hole + cap
    return depth


def rim() -> Mesh:
    """The rim's face with its openings cut through; uv: angle, radius."""
    radii = np.concatenate([np.linspace(1e-5, 0.07, 30), np.linspace(0.073, 0.2235, 46),
                            np.linspace(0.225, RIM_RADIUS, 10)])  # fmt: skip
    angle, radius = np.meshgrid(np.linspace(0, 2 * np.pi, 721), radii)
    depth = _face_depth(radius, angle, spoke_field(radius, angle)) + 0.104
    points = np.stack([radius * np.cos(angle), depth, radius * np.sin(angle)], -1)
    mesh = grid_mesh(points, np.stack([angle, radius], -1), Part.RIM, seam=True)

    def solid(vertices: F32) -> Numbers:
        around = np.arctan2(vertices[:, 2], vertices[:, 0])
        return spoke_field(np.hypot(vertices[:, 0], vertices[:, 2]), around) + 0.0035

    return clip(mesh, solid)


def _brake() -> list[Mesh]:
    disc = np.array([(0.168, 0.030), (0.172, 0.024), (0.172, 0.0)])
    face = np.array([(0.06, 0.031), (0.17, 0.030)])
    hat = np.array([(0.0, 0.055), (0.075, 0.055), (0.08, 0.03)])
    barrel = np.array(
        [(RIM_RADIUS - 0.002, 0.106), (0.243, 0.10), (0.232, 0.085), (0.222, 0.06), (0.222, -0.1)]
    )
    inner = np.array([(0.0, -0.03), (0.24, -0.03)])
    meshes = [_revolve(face, 180, Part.BRAKE), _revolve(disc, 180, Part.BRAKE)]
    meshes += [_revolve(hat, 90, Part.BARREL), _revolve(barrel[::-1], 180, Part.BARREL)]
    return [*meshes, _revolve(inner, 60, Part.LINER)]


def _caliper() -> Mesh:
    angle, radius = np.meshgrid(np.linspace(-0.62, 0.62, 40), np.linspace(0.108, 0.19, 20))
    edge = np.minimum((0.62 - np.abs(angle)) * 0.15, np.minimum(radius - 0.108, 0.19 - radius))
    y = 0.02 + 0.042 * smoothstep(0.0, 0.016, edge)
    points = np.stack([radius * np.cos(angle), y, radius * np.sin(angle)], -1)
    return grid_mesh(points, np.stack([angle, radius], -1), Part.CALIPER)


def left_wheels() -> Mesh:
    """Both wheels of the left side where they stand under the car."""
    wheel = merge([tyre(), rim(), *_brake(), _caliper()])
    return merge([wheel.moved((axle, TRACK, AXLE_HEIGHT)) for axle in AXLES])
