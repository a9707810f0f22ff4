"""Photos that nobody has sent before: sample frames, each copy with a comment of its own."""

import io
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from PIL import Image

from bench.inputs import SCRATCH
from client.photos import Shot
from studio.encode import JPEG_QUALITY
from studio.spin import sample_spin

_FRAMES = 6
SMALL = (1280, 960)


@dataclass(frozen=True)
class Photos:
    """Writes shots into `folder`; copies of the `originals` in turn."""

    folder: Path
    originals: list[bytes]

    def spin(self, frames: int) -> list[Shot]:
        """So many frames, evenly round the car."""
        return [
            self._written(
                self.originals[number % len(self.originals)], round(360 / frames * number)
            )
            for number in range(frames)
        ]

    def _written(self, original: bytes, angle_deg: int) -> Shot:
        path = self.folder / f"{uuid4().hex}.jpg"
        path.write_bytes(_unique(original))
        return Shot(path, "image/jpeg", angle_deg=angle_deg)


def large(folder: Path) -> Photos:
    """12 MP frames of the sample spin; they are rendered if they are not cached."""
    frames = sample_spin(SCRATCH / "spin", frames=_FRAMES)
    return Photos(folder, [f.path.read_bytes() for f in frames if f.content_type == "image/jpeg"])


def small(folder: Path) -> Photos:
    """The same, 1.2 MP."""
    return Photos(folder, [_shrunk(original) for original in large(folder).originals])


def _shrunk(original: bytes) -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(original)).resize(SMALL).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()


def _unique(original: bytes) -> bytes:
    """With a comment after the first segment, which readers of Exif expect where it is."""
    end = 4 + int.from_bytes(original[4:6], "big")
    text = uuid4().bytes
    comment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
    return original[:end] + comment + original[end:]
