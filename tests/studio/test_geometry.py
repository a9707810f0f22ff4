"""Curves, meshes and rays on shapes whose answers are known."""

import numpy as np
import pytest

from studio.arrays import f32
from studio.camera import room_camera, table_turn
from studio.curves import Spline, bspline_basis
from studio.mesh import Part, box, clip, superellipsoid
from studio.tone import display, scene_light
from studio.tracer import Tracer


def test_a_spline_meets_its_points() -> None:
    curve = Spline([(0.0, 1.0), (1.0, 3.0), (2.5, -1.0), (4.0, 0.0)])
    assert curve(np.array([0.0, 1.0, 2.5, 4.0])) == pytest.approx([1.0, 3.0, -1.0, 0.0])


def test_a_bspline_blends_controls_without_gain() -> None:
    basis = bspline_basis(7, 50)
    assert basis.sum(1) == pytest.approx(np.ones(50))
    assert (basis[0, 0], basis[-1, -1]) == (pytest.approx(1.0), pytest.approx(1.0))


def test_an_ellipsoids_normals_point_outward() -> None:
    ball = superellipsoid((0, 0, 0), (1, 1, 1), Part.MIRROR, power=2.0)
    assert np.all((ball.normals * ball.vertices).sum(1)[80:-80] > 0.99)


def test_clipping_keeps_one_side_up_to_the_cut() -> None:
    ball = superellipsoid((0, 0, 0), (1, 1, 1), Part.MIRROR, power=2.0)
    half = clip(ball, lambda vertices: vertices[:, 0] - 0.3)
    used = half.vertices[np.unique(half.faces)]
    assert used[:, 0].min() == pytest.approx(0.3, abs=1e-5)


def test_rays_find_a_box_and_skip_what_is_invisible() -> None:
    cube = box((-1, -1, -1), (1, 1, 1), Part.PLATE)
    origin, direction = f32([[0, 0, 5], [9, 0, 5]]), f32([[0, 0, -1], [0, 0, -1]])
    hits = Tracer(cube.vertices, cube.faces, len(cube.faces)).nearest(origin, direction)
    assert hits.distance[0] == pytest.approx(4.0)
    assert list(hits.triangle >= 0) == [True, False]
    ghost = Tracer(cube.vertices, cube.faces, 0)
    assert list(ghost.nearest(origin, direction).triangle) == [-1, -1]
    assert list(ghost.blocked(origin, direction)) == [True, False]


def test_the_camera_projects_its_own_rays() -> None:
    camera = room_camera(400, 300)
    pixels = np.array([[10.0, 20.0], [200.0, 150.0], [390.0, 290.0]])
    points = camera.position + camera.rays(pixels[:, 0], pixels[:, 1]) * np.float32(7.0)
    assert camera.project(points) == pytest.approx(pixels, abs=0.01)


@pytest.mark.parametrize(("angle", "toward_camera"), [(0, [1, 0]), (90, [0, -1]), (180, [-1, 0])])
def test_the_table_shows_nose_right_side_and_tail(angle: int, toward_camera: list[int]) -> None:
    seen = f32([[0, -1, 0]]) @ table_turn(angle)
    assert seen[0, :2] == pytest.approx(toward_camera, abs=1e-6)


def test_picture_values_turn_back_into_light() -> None:
    light = f32(np.linspace(0.02, 0.9, 50))
    assert scene_light(display(light)) == pytest.approx(light, abs=0.01)
