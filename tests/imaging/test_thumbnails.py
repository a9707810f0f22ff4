"""Thumbnails: upright, square, in sRGB, without metadata, and as good as Pillow's."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from imaging.colour import srgb_profile
from imaging.exif import CameraExif, read_exif
from imaging.jpeg import parse_header
from tests.imaging.pictures import (
    assert_as_good_as_pillow,
    centre_square,
    heic,
    jpeg,
    opened,
    psnr,
    scene,
    thumbnails,
    upright,
)


@pytest.mark.parametrize("size", [(800, 500), (501, 800), (2500, 2401), (64, 101)])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_for_every_orientation(orientation: int, size: tuple[int, int]) -> None:
    data = jpeg(scene(*size), orientation=orientation)
    made = thumbnails(data)
    side = made.sides[150]
    square = centre_square(upright(data)).resize((side, side), Image.Resampling.LANCZOS)
    assert psnr(opened(made.files[150]), square) > 28


@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_for_every_orientation_of_a_heic(orientation: int) -> None:
    picture = scene(400, 300)
    data = heic(picture, orientation=orientation)
    stored = Image.fromarray(picture)
    stored.getexif()[0x0112] = orientation
    square = centre_square(ImageOps.exif_transpose(stored)).resize((150, 150))
    assert psnr(opened(thumbnails(data).files[150]), square) > 26


def test_a_real_portrait_heic_is_upright_once(shared_data: Path) -> None:
    data = (shared_data / "heic/arrow.heic").read_bytes()
    square = centre_square(upright(data)).resize((150, 150), Image.Resampling.LANCZOS)
    assert read_exif(data).orientation == 6
    assert psnr(opened(thumbnails(data).files[150]), square) > 28


@pytest.mark.parametrize(
    ("size", "sides"),
    [
        ((3000, 2600), (1200, 600, 150)),
        ((2400, 1200), (1200, 600, 150)),
        ((1199, 1500), (1199, 600, 150)),
        ((300, 601), (300, 300, 150)),
        ((149, 800), (149, 149, 149)),
        ((1, 1), (1, 1, 1)),
        ((1, 900), (1, 1, 1)),
    ],
)
def test_nothing_is_enlarged(size: tuple[int, int], sides: tuple[int, int, int]) -> None:
    made = thumbnails(jpeg(scene(*size)))
    assert tuple(made.sides[s] for s in (1200, 600, 150)) == sides
    for requested, side in made.sides.items():
        assert opened(made.files[requested]).size == (side, side)


def test_files_hold_an_srgb_profile_and_nothing_private() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 15.0)})
    data = jpeg(scene(700, 700), exif=exif, xmp=b"<x:xmpmeta private/>", comment=b"private")
    for file in thumbnails(data).files.values():
        assert read_exif(file) == CameraExif()
        markers = {hex(s.marker) for s in parse_header(file).segments}
        assert markers == {"0xe0", "0xe2", "0xdb", "0xc0", "0xc4", "0xda"}
        profile = ImageCms.ImageCmsProfile(io.BytesIO(opened(file).info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)
        assert b"private" not in file
        assert b"Secret" not in file


def test_the_profile_is_the_same_every_day() -> None:
    assert srgb_profile()[24:36] == b"\x07\xd0\0\1\0\1" + bytes(6)
    assert len(srgb_profile()) < 1024


def test_quality_is_85() -> None:
    file = thumbnails(jpeg(scene(700, 700))).files[600]
    reference = opened(jpeg(scene(64, 64), quality=85))
    ours = opened(file)
    assert isinstance(ours, JpegImageFile)
    assert isinstance(reference, JpegImageFile)
    assert ours.quantization == reference.quantization


@pytest.mark.parametrize("size", [(1300, 900), (531, 800), (225, 225), (1071, 1100)])
@pytest.mark.parametrize("channels", [3, 1])
def test_the_same_bytes_give_the_same_files(size: tuple[int, int], channels: int) -> None:
    data = jpeg(scene(*size)[:, :, :channels].squeeze())
    first = thumbnails(data)
    for seed in range(4):
        thumbnails(jpeg(scene(700 + seed, 700, seed)))  # leaves other values in freed memory
        assert thumbnails(data) == first


CORPUS = [
    (4000, 3000, 2, 3),
    (4032, 3024, 0, 3),
    (4032, 3024, 2, 12),
    (3600, 2600, 2, 6),
    (2560, 2440, 2, 3),
    (3025, 2017, 2, 3),
    (4001, 2251, 0, 3),
    (2048, 1536, 2, 3),
    (1920, 1080, 1, 3),
    (1301, 1600, 2, 3),
]


@pytest.mark.parametrize(("width", "height", "subsampling", "noise"), CORPUS)
def test_as_good_as_pillow_on_scenes(
    width: int, height: int, subsampling: int, noise: float
) -> None:
    data = jpeg(scene(width, height, noise=noise), subsampling=subsampling)
    assert_as_good_as_pillow(data, thumbnails(data))


@pytest.mark.parametrize(
    "name",
    [
        "heic/arrow.heic",
        "heic/pug.heic",
        "heic/xiaomi.heic",
        "heic/empty_icc.heic",
        "hostile/junk_jpeg_header.jpg",
        "photos/exif-72dpi-int.jpg",
        "photos/flower.jpg",
        "photos/iptc.jpg",
        "photos/xmp_test.jpg",
    ],
)
def test_as_good_as_pillow_on_photos(name: str, shared_data: Path) -> None:
    data = (shared_data / name).read_bytes()
    assert_as_good_as_pillow(data, thumbnails(data))
