"""The photos to measure with: frames of the sample spin, and larger ones made from them."""

import io
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from studio.encode import JPEG_QUALITY
from studio.spin import HEIC_ANGLE, sample_spin

SCRATCH = Path("build/bench")
_FRAMES = 6  # among them the frame that the spin stores as HEIC
_SIZES = {24: (5712, 4284), 48: (8064, 6048)}


@dataclass(frozen=True)
class Inputs:
    """Bytes of each file: 12 MP JPEG (4:2:0) and HEIC, and 24 and 48 MP JPEG by megapixels."""

    jpeg_path: Path
    jpeg: bytes
    heic: bytes
    larger: dict[int, bytes]


def load() -> Inputs:
    """Render the frames if they are not cached (half a minute), and make the larger ones."""
    frames = sample_spin(SCRATCH / "spin", frames=_FRAMES, progress=_told)
    paths = {frame.angle_deg: frame.path for frame in frames}
    jpeg = paths[0].read_bytes()
    return Inputs(paths[0], jpeg, paths[HEIC_ANGLE].read_bytes(), _larger(jpeg))


def _told(done: int, total: int) -> None:
    print(f"rendering the sample photos: {done} of {total}", file=sys.stderr)


def _larger(jpeg: bytes) -> dict[int, bytes]:
    """Mirrored tiles, so that there is as much detail and noise in a pixel as before."""
    pixels = np.asarray(Image.open(io.BytesIO(jpeg)))
    wide = np.hstack([pixels, pixels[:, ::-1]])
    tiled = np.vstack([wide, wide[::-1]])
    return {
        megapixels: _encoded(tiled[:height, :width])
        for megapixels, (width, height) in _SIZES.items()
    }


def _encoded(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=2)
    return buffer.getvalue()
