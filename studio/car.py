"""The whole car as one mesh, with the small parts that stand off its body."""

from studio.body import half_body
from studio.cabin import half_shell, interior
from studio.mesh import Mesh, Part, box, merge, superellipsoid
from studio.wheels import left_wheels

PLATE_SIZE = (0.52, 0.112)


def _plates() -> Mesh:
    half, tall = PLATE_SIZE[0] / 2, PLATE_SIZE[1] / 2
    meshes = []
    for x, out, z in ((2.302, 1.0, 0.385), (-2.334, -1.0, 0.60)):
        meshes.append(_slab(x - 0.07 * out, x, half + 0.008, z, tall + 0.008, Part.HOLDER))
        meshes.append(_slab(x, x + 0.004 * out, half, z, tall, Part.PLATE))
    return merge(meshes)


def _slab(back: float, front: float, half: float, z: float, tall: float, part: Part) -> Mesh:
    low, high = sorted((back, front))
    return box((low, -half, z - tall), (high, half, z + tall), part)


def _mirror() -> Mesh:
    pod = superellipsoid((0.72, 0.962, 0.995), (0.072, 0.108, 0.062), Part.MIRROR, 2.9, 40)
    arm = superellipsoid((0.735, 0.855, 0.952), (0.045, 0.10, 0.018), Part.HOLDER, 3.0, 16)
    return merge([pod, arm])


def _handles() -> Mesh:
    radii = (0.095, 0.016, 0.0115)
    grips = [superellipsoid((x, 0.893, 0.80), radii, Part.HANDLE, 3.2, 24) for x in (0.0, -0.93)]
    return merge(grips)


def left_half() -> Mesh:
    """What the car has on both sides: metres, x forward, y left, z up."""
    return merge([half_body(), half_shell(), left_wheels(), _mirror(), _handles()])


def middle() -> Mesh:
    """What the car has once: plates and interior."""
    return merge([_plates(), interior()])
