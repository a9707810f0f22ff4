"""The camera: fixed in the room while the turntable turns the car."""

from dataclasses import dataclass

import numpy as np

from studio.arrays import F32, Numbers, f32, unit

FOCAL_LENGTH = 58.0
"""Millimetres on a 36 mm wide sensor."""
_POSITION = (0.0, -9.4, 1.42)
_TARGET = (0.0, 0.0, 0.78)


@dataclass(frozen=True)
class Camera:
    """A pinhole: position (3,); right, down and forward as rows of `axes`; frame in pixels."""

    position: F32
    axes: F32
    width: int
    height: int

    def rays(self, columns: Numbers, rows: Numbers) -> F32:
        """Unit directions (n, 3) through pixel positions (pixel centres lie at + 0.5)."""
        half = np.float32(18.0 / FOCAL_LENGTH)
        tall = half * np.float32(self.height / self.width)
        u = (f32(columns) * np.float32(2 / self.width) - 1) * half
        v = (f32(rows) * np.float32(2 / self.height) - 1) * tall
        directions = u[:, None] * self.axes[0] + v[:, None] * self.axes[1] + self.axes[2]
        return unit(directions)

    def project(self, points: Numbers) -> Numbers:
        """Pixel positions (n, 2) of points (n, 3)."""
        local = (points - self.position) @ self.axes.T
        half = 18.0 / FOCAL_LENGTH
        flat = local[:, :2] / local[:, 2:] / half
        return np.column_stack(
            [(flat[:, 0] + 1) / 2 * self.width, flat[:, 1] * self.width / 2 + self.height / 2]
        )

    def turned(self, turn: F32) -> "Camera":
        """The camera in axes where room vector v reads v @ turn."""
        return Camera(self.position @ turn, self.axes @ turn, self.width, self.height)


def room_camera(width: int, height: int) -> Camera:
    """The studio's camera in room axes."""
    position, target = np.array(_POSITION), np.array(_TARGET)
    forward = (target - position) / np.linalg.norm(target - position)
    right = np.cross(forward, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    return Camera(f32(position), f32([right, -np.cross(right, forward), forward]), width, height)


def table_turn(angle_deg: float) -> F32:
    """Matrix T (3, 3) with (room vector) @ T = (car vector): nose to the camera at angle 0.

    With growing angle the camera sees the car's right side first, its tail at 180 degrees.
    """
    a = np.deg2rad(angle_deg)
    # Car x and y in room axes; the nose points at the camera, -Y, when the angle is 0.
    forward = [np.sin(a), -np.cos(a), 0.0]
    left = [np.cos(a), np.sin(a), 0.0]
    return f32(np.array([forward, left, [0.0, 0.0, 1.0]]).T)
