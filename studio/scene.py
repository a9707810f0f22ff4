"""Everything a frame is made of except the angle: the car, its baked light and its livery."""

from dataclasses import dataclass

import numpy as np

from studio.arrays import F32, I32
from studio.bake import car_tracer, floor_openness, vertex_openness
from studio.car import left_half, middle
from studio.lighting import Lighting
from studio.livery import Livery, livery
from studio.mesh import merge
from studio.tracer import Tracer


@dataclass(frozen=True)
class Scene:
    """The car ready for rays, in car axes.

    `vertices` (v, 3); `attributes` (v, 6): normal, uv, openness; `faces` (f, 3); `part` (f,).
    """

    tracer: Tracer
    vertices: F32
    attributes: F32
    faces: I32
    part: I32
    floor_open: F32
    livery: Livery
    lighting: Lighting


def build_scene() -> Scene:
    """Model, bake and draw."""
    left, once = left_half(), middle()
    mesh = merge([left, left.mirrored(), once])
    tracer = car_tracer(mesh)
    half = vertex_openness(tracer, left)
    openness = np.concatenate([half, half, vertex_openness(tracer, once)])
    attributes = np.column_stack([mesh.normals, mesh.uv, openness])
    floor = floor_openness(tracer)
    return Scene(
        tracer, mesh.vertices, attributes, mesh.faces, mesh.part, floor, livery(), Lighting()
    )
