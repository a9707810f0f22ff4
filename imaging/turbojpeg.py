"""The TurboJPEG library, where the machine has one: JPEG to its stored planes, strictly.

Optional: no wheel ships a released version of it, Debian's package is `libturbojpeg0`. It saves a
seventh of the decode, since nothing interleaves what is taken apart again.
"""

import ctypes
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]

_NAMES = ("libturbojpeg.so.0", "libturbojpeg.0.dylib", "libturbojpeg.dll")
_STOP_ON_WARNING = 8192
_YCBCR = 1
# TJSAMP_444, 422, 420, 440 and 411 of turbojpeg.h by luma's sampling factors (chroma has 1 x 1).
_SAMPLINGS = {(1, 1): 0, (2, 1): 1, (2, 2): 2, (1, 2): 4, (4, 1): 5}


class TurboJpegError(Exception):
    """The library's message; any warning counts."""


@dataclass(frozen=True)
class Layout:
    """What the caller found in the header: size in pixels, luma's sampling factors."""

    width: int
    height: int
    sampling: tuple[int, int]


def available() -> bool:
    """Whether the library is there."""
    return _library() is not None


def supports(sampling: tuple[int, int]) -> bool:
    """Whether pictures with such factors (chroma 1 x 1) can be decoded: library and format."""
    return sampling in _SAMPLINGS and available()


def decode_planes(data: bytes, layout: Layout) -> tuple[Plane, Plane, Plane]:
    """Y, Cb, Cr as stored: (height, width), chroma divided by the factors, rounded up.

    Raises TurboJpegError on the first warning, or when the header says something else than
    `layout`; MemoryError when the planes do not fit.
    """
    library = _library()
    assert library is not None, "ask `supports` first"
    handle = library.tjInitDecompress()
    if not handle:
        raise MemoryError("tjInitDecompress")
    try:
        _check_layout(library, handle, data, layout)
        return _decode(library, handle, data, layout)
    finally:
        library.tjDestroy(handle)


def _check_layout(library: ctypes.CDLL, handle: int, data: bytes, layout: Layout) -> None:
    """The library must see the size that the buffers are made for."""
    found = [ctypes.c_int() for _ in range(4)]
    status = library.tjDecompressHeader3(handle, data, len(data), *map(ctypes.byref, found))
    if status != 0:
        raise TurboJpegError(_message(library, handle))
    wanted = [layout.width, layout.height, _SAMPLINGS[layout.sampling], _YCBCR]
    if [f.value for f in found] != wanted:
        raise TurboJpegError("the header contradicts itself")


def _decode(
    library: ctypes.CDLL, handle: int, data: bytes, layout: Layout
) -> tuple[Plane, Plane, Plane]:
    across, down = layout.sampling
    columns, rows = -(-layout.width // across), -(-layout.height // down)
    # The library fills luma up to whole chroma samples.
    luma = np.empty((rows * down, columns * across), np.uint8)
    blue, red = (np.empty((rows, columns), np.uint8) for _ in range(2))
    planes = (luma, blue, red)
    pointers = (ctypes.c_void_p * 3)(*(p.ctypes.data for p in planes))
    strides = (ctypes.c_int * 3)(*(p.shape[1] for p in planes))
    status = library.tjDecompressToYUVPlanes(
        handle, data, len(data), pointers, 0, strides, 0, _STOP_ON_WARNING
    )
    if status != 0:
        raise TurboJpegError(_message(library, handle))
    return luma[: layout.height, : layout.width], blue, red


def _message(library: ctypes.CDLL, handle: int) -> str:
    text = library.tjGetErrorStr2(handle)
    return text.decode("ascii", "replace") if text else "unknown"


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL | None:
    for name in _NAMES:
        try:
            return _declared(ctypes.CDLL(name))
        except (OSError, AttributeError):
            continue
    return None


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    """With the signatures of turbojpeg.h (API 2.0, which version 3 still has)."""
    handle, source, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ulong
    number = ctypes.c_int
    numbers = ctypes.POINTER(number)
    library.tjInitDecompress.restype = handle
    library.tjDestroy.argtypes = [handle]
    library.tjGetErrorStr2.argtypes = [handle]
    library.tjGetErrorStr2.restype = ctypes.c_char_p
    library.tjDecompressHeader3.argtypes = [handle, source, size, *[numbers] * 4]
    library.tjDecompressToYUVPlanes.argtypes = [
        handle, source, size, ctypes.POINTER(ctypes.c_void_p), number, numbers, number, number,
    ]  # fmt: skip
    return library
