"""From scene light to picture values, as the camera's picture style does it."""

import numpy as np

from studio.arrays import F32, Numbers, f32

_GAIN, _CEILING = 1.75, 1.14
_STEPS, _LIMIT = 4096, 12.0


def _curve(light: Numbers) -> Numbers:
    film = _CEILING * (1 - np.exp(-_GAIN * light))
    toe = np.where(
        film <= 0.0031308, 12.92 * film, 1.055 * np.maximum(film, 1e-9) ** (1 / 2.4) - 0.055
    )
    # Lens flare keeps the deepest black above zero.
    return 255.0 * (0.018 + 0.982 * toe)


# Finely spaced near black, where the eye sees most.
_TABLE: F32 = f32(_curve((np.arange(_STEPS) / (_STEPS - 1)) ** 3 * _LIMIT))


def display(light: F32) -> F32:
    """Picture values (255 is white, brighter ones exceed it) of linear radiance, any shape."""
    at = np.cbrt(np.clip(light, 0, _LIMIT) * np.float32(1 / _LIMIT)) * np.float32(_STEPS - 1)
    shown: F32 = np.take(_TABLE, (at + np.float32(0.5)).astype(np.int32))
    return shown


_LEVELS: F32 = f32(_curve((np.arange(1024) / 1023) ** 2 * 2.5))


def scene_light(shown: F32) -> F32:
    """Linear radiance of picture values, the inverse of `display` up to slightly above white."""
    root = np.interp(shown, _LEVELS, np.arange(1024) / 1023)
    return f32(root * root * 2.5)
