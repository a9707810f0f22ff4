"""Ray queries against one triangle mesh (Embree 4 through embreex)."""

from dataclasses import dataclass

import numpy as np
from embreex.mesh_construction import TriangleMesh  # type: ignore[import-untyped]  # no stubs
from embreex.rtcore_scene import EmbreeScene  # type: ignore[import-untyped]  # no stubs

from studio.arrays import F32, I32, Bool, f32


@dataclass(frozen=True)
class Hits:
    """Nearest hits of n rays: triangle (-1 for none), barycentric u, v and distance, each (n,)."""

    triangle: I32
    u: F32
    v: F32
    distance: F32


class Tracer:
    """The rays' view of a mesh, of which only the first `visible` triangles count as hits.

    The rest only block rays.
    """

    def __init__(self, vertices: F32, faces: I32, visible: int) -> None:
        self._visible = visible
        self._scene = EmbreeScene()
        self._mesh = TriangleMesh(self._scene, vertices, faces)

    def nearest(self, origins: F32, directions: F32) -> Hits:
        """First hits along rays (n, 3), (n, 3)."""
        out = self._scene.run(f32(origins), f32(directions), output=True)
        triangle = np.where(out["primID"] < self._visible, out["primID"], -1)
        return Hits(triangle, out["u"], out["v"], out["tfar"])

    def blocked(self, origins: F32, directions: F32) -> Bool:
        """Whether anything lies along rays (n, 3), (n, 3): (n,)."""
        answer = self._scene.run(f32(origins), f32(directions), query="OCCLUDED")
        blocked: Bool = np.asarray(answer) != -1
        return blocked
