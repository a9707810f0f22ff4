"""The empty studio: a concrete floor with the turntable, running up into the backdrop.

Its light is smooth, so it is shaded on a coarse grid; grain and marks come on top at full size.
"""

import cv2
import numpy as np

from studio.arrays import F32, U8, Bool, f32, smoothstep
from studio.camera import room_camera
from studio.lighting import fresnel
from studio.shading import FLOOR_ALBEDO, Shader, floor_shade
from studio.tone import display

TABLE_RADIUS = 2.78
_COVE_START, _COVE_RADIUS = 4.6, 2.6
_COARSE_WIDTH = 1008
_FLOOR_GRAIN, _WALL_GRAIN, _TABLE_GRAIN = 0.034, 0.021, 0.046


def _noise(shape: tuple[int, int], seed: int, blur: float = 0.0) -> F32:
    """Normal noise of standard deviation one, coarser with `blur` (pixels)."""
    noise = np.random.Generator(np.random.SFC64(seed)).standard_normal(shape, dtype=np.float32)
    if blur:
        soft = f32(cv2.GaussianBlur(noise, (0, 0), blur))
        noise = soft / soft.std()
    return f32(noise)


class Stage:
    """What the camera sees of the studio, for one frame size."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.camera = room_camera(width, height)
        self._factor = max(1, round(width / _COARSE_WIDTH))
        self._coarse = (-(-height // self._factor), -(-width // self._factor))
        self._directions = self._coarse_rays()
        self._points, self._on_floor = self._floor_points(self._directions)
        self._light = self._empty_light()
        self._top, x, y = self._fine_floor()
        self._x, self._y = x, y
        self._on_table: Bool = np.hypot(x, y) < TABLE_RADIUS
        self._grain = self._fixed_grain(seed)
        self._table = _table_picture(round(width * 0.9), seed)

    def _coarse_rays(self) -> F32:
        rows, columns = np.mgrid[0 : self._coarse[0], 0 : self._coarse[1]]
        centre = 0.5 * self._factor
        return self.camera.rays(
            columns.ravel() * self._factor + centre, rows.ravel() * self._factor + centre
        )

    def _floor_points(self, directions: F32) -> tuple[F32, Bool]:
        """Where rays meet the floor (n, 3), and whether they do before the cove begins (n,)."""
        reach = self.camera.position[2] / np.maximum(-directions[:, 2], np.float32(1e-4))
        points = self.camera.position + directions * reach[:, None]
        points[:, 2] = 0
        return f32(points), points[:, 1] < _COVE_START

    def _empty_light(self) -> F32:
        """Radiance (n,) of floor, cove and wall without the car."""
        d, eye = self._directions, self.camera.position
        radial = np.hypot(self._points[:, 0], self._points[:, 1])
        floor = FLOOR_ALBEDO * (0.42 + 0.70 * np.exp(-((radial / 5.2) ** 2)))
        flat = np.hypot(d[:, 1], 1e-6)
        reach = (_COVE_START + _COVE_RADIUS - eye[1]) / flat
        x, z = eye[0] + d[:, 0] * reach, eye[2] + d[:, 2] * reach
        glow = np.exp(-((x / 4.2) ** 2) - (((z - 1.0) / 2.6) ** 2))
        wall = 0.125 + 0.30 * glow
        blend = smoothstep(-0.9, 1.5, z) * (
            1 - self._on_floor * smoothstep(4.6, 2.0, self._points[:, 1])
        )
        return f32(floor * (1 - blend) + wall * blend)

    def _fine_floor(self) -> tuple[int, F32, F32]:
        """First picture row of the table, then floor x and y of every pixel from there down."""
        edge = self.camera.project(np.array([[0.0, TABLE_RADIUS + 0.05, 0.0]]))
        top = max(0, int(edge[0, 1]) - 2)
        columns = np.arange(self.camera.width) + 0.5
        rows = np.arange(top, self.camera.height) + 0.5
        grid = np.meshgrid(columns, rows)
        points, _ = self._floor_points(self.camera.rays(grid[0].ravel(), grid[1].ravel()))
        x, y = (f32(points[:, k].reshape(grid[0].shape)) for k in (0, 1))
        return top, x, y

    def _fixed_grain(self, seed: int) -> F32:
        """Factor (h, w) of what does not turn: plaster, concrete and the slot round the table."""
        shape = (self.camera.height, self.camera.width)
        grain = _noise(shape, seed + 1) * np.float32(_WALL_GRAIN)
        floor = _noise(self._x.shape, seed + 2) * np.float32(_FLOOR_GRAIN)
        stain = _noise((1024, 1024), seed + 3, 9.0)
        u, v = ((a + np.float32(12)) * np.float32(42) for a in (self._x, self._y))
        floor += 0.012 * cv2.remap(stain, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        radial = np.hypot(self._x, self._y)
        slot = smoothstep(0.016, 0.008, np.abs(radial - TABLE_RADIUS))
        grain[self._top :] = (1 + floor) * (1 - 0.72 * slot) - 1
        return 1 + grain

    def picture(self, shader: Shader, turn: F32, exposure: float) -> F32:
        """Picture values (h, w, 3) of the studio with the car's shadow and mirror image."""
        light = self._light.copy()
        floor = np.nonzero(self._on_floor)[0]
        points = self._points[floor] @ turn
        light[floor] *= floor_shade(shader.scene, points[:, 0], points[:, 1])
        colour = light[:, None] * f32([[1.0, 1.0, 1.012]])
        colour[floor] += self._mirror_image(shader, points, self._directions[floor] @ turn)
        shown = display(colour * np.float32(exposure)).reshape(*self._coarse, 3)
        size = (self._coarse[1] * self._factor, self._coarse[0] * self._factor)
        full = cv2.resize(shown, size, interpolation=cv2.INTER_LINEAR)
        picture = full[: self.camera.height, : self.camera.width]
        return f32(picture * self._texture(turn)[..., None])

    def _mirror_image(self, shader: Shader, points: F32, directions: F32) -> F32:
        """What the polished floor adds at points (n, 3) of the car's axes."""
        up = f32(directions * [1, 1, -1])
        radiance, distance = shader.mirrored(points + f32([0, 0, 0.002]), up)
        share = fresnel(np.full((1, 3), 0.04, np.float32), up[:, 2])
        # A satin floor scatters: the image fades with the height of what it mirrors.
        share = share * np.exp(-distance * up[:, 2] / np.float32(0.22))[:, None]
        whole = np.zeros((self._coarse[0] * self._coarse[1], 3), np.float32)
        whole[self._on_floor] = radiance * share * np.float32(1.3)
        soft = cv2.GaussianBlur(whole.reshape(*self._coarse, 3), (0, 0), 1.6, sigmaY=2.6)
        return f32(soft.reshape(-1, 3)[self._on_floor])

    def _texture(self, turn: F32) -> F32:
        """The grain (h, w) with the table's face turned to its angle."""
        centre = np.float32(self._table.shape[0] / 2)
        scale = centre / np.float32(TABLE_RADIUS)
        u = (self._x * turn[0, 0] + self._y * turn[1, 0]) * scale + centre
        v = (self._x * turn[0, 1] + self._y * turn[1, 1]) * scale + centre
        table = cv2.remap(self._table, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        texture = self._grain.copy()
        texture[self._top :][self._on_table] *= table[self._on_table]
        return texture


def _table_picture(size: int, seed: int) -> F32:
    """The table's face from above as a factor, in car axes: grain, edge band and angle marks."""
    face = 1 + _noise((size, size), seed + 4) * np.float32(_TABLE_GRAIN)
    cloud = cv2.resize(_noise((size // 8, size // 8), seed + 5, 9.0), (size, size))
    face += f32(cloud) * np.float32(0.007)
    mask = cv2.GaussianBlur(_angle_marks(size), (0, 0), 0.8).astype(np.float32) / 255
    marked: F32 = f32(face * (1 - 0.45 * mask))
    return marked


def _angle_marks(size: int) -> U8:
    """A circle with a mark every five degrees, longer every fifteen, white on black."""
    centre, marks = size / 2, np.zeros((size, size), np.uint8)
    thick = max(1, round(size / 720))
    for step in range(72):
        angle, long = np.deg2rad(step * 5), 0.05 if step % 3 else 0.12
        a, b = (centre + centre * (r / TABLE_RADIUS) * np.array([np.cos(angle), np.sin(angle)])
                for r in (2.70, 2.70 - long))  # fmt: skip
        ends = [tuple(round(c * 16) for c in p) for p in (a, b)]
        cv2.line(marks, ends[0], ends[1], 255, thick if step % 3 else 2 * thick, cv2.LINE_AA, 4)
    cv2.circle(
        marks, (size // 2, size // 2), int(centre * 2.72 / TABLE_RADIUS), 255, thick, cv2.LINE_AA
    )
    return marks
