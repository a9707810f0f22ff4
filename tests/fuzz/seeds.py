"""Small files of every kind that a camera or an editor writes: where mutation starts."""

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from tests.imaging.pictures import adobe_rgb, heic, jpeg, scene

SHARED = Path(__file__).parents[2].parent / "shared/data"
_LARGEST_SEED = 160_000
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>"


def seeds() -> list[bytes]:
    """The generated files, and the small ones among the shared samples when they are there."""
    shared = [p for p in sorted(SHARED.glob("*/*.*")) if p.suffix in (".jpg", ".heic")]
    found = [p.read_bytes() for p in shared if 0 < p.stat().st_size <= _LARGEST_SEED]
    return [*jpegs(), *heics(), *found]


def camera_exif() -> Image.Exif:
    """The usual fields of a phone."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Model", 6
    camera = exif.get_ifd(0x8769)
    camera[0x829A], camera[0x829D], camera[0x8827] = 1 / 125, 1.8, 200
    camera[0x9003], camera[0x9011] = "2026:05:04 10:11:12", "+02:00"
    camera[0x927C] = b"maker's note" * 4
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 31.0, 12.34)
    gps[3], gps[4] = "E", (13.0, 24.0, 12.34)
    gps[5], gps[6] = b"\0", 34.5
    return exif


def jpegs() -> Iterator[bytes]:
    """Baseline, progressive, every sampling, grey, CMYK, MPO; with EXIF, ICC, XMP, restarts."""
    picture = scene(96, 72)
    image = Image.fromarray(picture)
    exif = camera_exif()
    for sampling in (0, 1, 2):
        yield jpeg(picture, subsampling=sampling, exif=exif)
        yield jpeg(picture, subsampling=sampling, progressive=True)
    yield jpeg(picture, exif=exif, icc_profile=adobe_rgb(), comment=b"a comment")
    yield jpeg(picture, restart_marker_blocks=3)
    yield jpeg(picture, keep_rgb=True)
    for mode in ("L", "CMYK"):
        yield jpeg(image.convert(mode))
        yield jpeg(image.convert(mode), progressive=True, icc_profile=adobe_rgb())
    plain = jpeg(picture, orientation=7)
    yield plain[:2] + b"\xff\xe1" + struct.pack(">H", len(XMP) + 2) + XMP + plain[2:]
    yield plain.replace(b"\xff\xdb", b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\1\xff\xdb", 1)
    buffer = io.BytesIO()
    image.save(buffer, "MPO", save_all=True, append_images=[image.rotate(180)], exif=exif)
    yield buffer.getvalue()
    yield jpeg(scene(2500, 24))
    yield jpeg(scene(1, 1))


def heics() -> Iterator[bytes]:
    """8 and 10 bit, alpha, tiles, rotated, with metadata, two pictures."""
    picture = scene(96, 64)
    exif = camera_exif().tobytes()
    yield heic(picture, exif=exif, xmp=XMP, icc_profile=adobe_rgb())
    yield heic(picture, orientation=6)
    yield heic(picture, chroma=444)
    yield heic(picture, tile_size=64)
    yield heic(picture[:, :, :1].repeat(4, axis=2))
    deep = pillow_heif.from_bytes(
        mode="RGB;16", size=(96, 64), data=(picture.astype(np.uint16) << 8).tobytes()
    )
    deep.add_frombytes(mode="L", size=(96, 64), data=picture[:, :, 0].tobytes())
    buffer = io.BytesIO()
    deep.save(buffer, quality=50, primary_index=0)
    yield buffer.getvalue()
