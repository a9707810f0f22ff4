"""Pictures to files: JPEG or HEIC with metadata, whole or not at all."""

import os
import tempfile
from pathlib import Path

import pillow_heif
from PIL import Image

from studio.arrays import U8

JPEG_QUALITY, HEIC_QUALITY = 90, 64


def write_frame(path: Path, pixels: U8, exif: Image.Exif, quality: int = JPEG_QUALITY) -> None:
    """Write `pixels` (h, w, 3) to `path`, in the format of its suffix.

    The file appears under its name only when complete. Raises OSError when the disk refuses.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        _encode(Path(name), path.suffix, pixels, exif, quality)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _encode(target: Path, suffix: str, pixels: U8, exif: Image.Exif, quality: int) -> None:
    image = Image.fromarray(pixels)
    if suffix == ".heic":
        heif = pillow_heif.from_pillow(image)
        # The default preset spends twenty seconds of CPU on twelve megapixels.
        preset = {"preset": "ultrafast"}
        heif.save(target, quality=HEIC_QUALITY, chroma=420, exif=exif.tobytes(), enc_params=preset)
    else:
        image.save(target, "JPEG", quality=quality, subsampling="4:2:0", exif=exif)
