"""Thumbnail colours against LittleCMS, for every kind of stored colour."""

import io
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from imaging.colour import classify, srgb_profile
from tests.imaging.pictures import (
    adobe_rgb,
    centre_square,
    heic,
    jpeg,
    mean_delta_e,
    opened,
    scene,
    thumbnails,
    upright,
)

P3_FILE = "heic/pug.heic"


def p3_profile(shared_data: Path) -> bytes:
    profile = pillow_heif.open_heif((shared_data / P3_FILE).read_bytes()).info["icc_profile"]
    assert isinstance(profile, bytes)
    return profile


def assert_same_colours(data: bytes, limit: float = 1.5) -> None:
    made = thumbnails(data)
    square = centre_square(upright(data))
    for requested, side in made.sides.items():
        reference = square.resize((side, side), Image.Resampling.LANCZOS)
        theirs = opened(jpeg(reference, quality=85))
        assert mean_delta_e(opened(made.files[requested]), theirs) < limit


SOFT = np.asarray(
    Image.fromarray(scene(64, 48, noise=0)).resize((1280, 960), Image.Resampling.BICUBIC)
)


def test_display_p3(shared_data: Path) -> None:
    profile = p3_profile(shared_data)
    assert classify(profile) == "p3"
    data = jpeg(SOFT, icc_profile=profile)
    assert_same_colours(data)
    without = thumbnails(jpeg(SOFT)).files[600]
    assert mean_delta_e(opened(without), opened(thumbnails(data).files[600])) > 1.5


def test_display_p3_heic(shared_data: Path) -> None:
    assert_same_colours((shared_data / P3_FILE).read_bytes())


def test_adobe_rgb() -> None:
    assert classify(adobe_rgb()) == "other"
    assert_same_colours(jpeg(SOFT, icc_profile=adobe_rgb()))


def test_sample_profiles(shared_data: Path) -> None:
    for name in ("photos/xmp_test.jpg", "photos/icc_profile_big.jpg", "photos/flower2.jpg"):
        assert_same_colours((shared_data / name).read_bytes())


def test_srgb_is_recognised_by_its_numbers(shared_data: Path) -> None:
    assert classify(srgb_profile()) == "srgb"
    assert (
        classify(opened((shared_data / "photos/flower2.jpg").read_bytes()).info["icc_profile"])
        == "srgb"
    )


def test_four_inks() -> None:
    assert_same_colours(jpeg(Image.fromarray(SOFT).convert("CMYK")))


def test_grey_becomes_three_channel_srgb() -> None:
    data = jpeg(SOFT[:, :, 1])
    assert_same_colours(data)
    assert opened(thumbnails(data).files[600]).mode == "RGB"


def test_rgb_coded_jpeg() -> None:
    assert_same_colours(jpeg(SOFT, keep_rgb=True))


def test_grey_and_ten_bit_heic(shared_data: Path) -> None:
    wide = SOFT[:480, :640].astype(np.uint16) * 257
    file = pillow_heif.from_bytes("RGB;16", (640, 480), wide.tobytes())
    buffer = io.BytesIO()
    file.save(buffer, quality=95)
    reference = Image.fromarray(SOFT[:480, :640])
    made = opened(thumbnails(buffer.getvalue()).files[150])
    assert mean_delta_e(made, centre_square(reference).resize((150, 150))) < 1.5
    assert opened(thumbnails(heic(SOFT[:, :, 1])).files[150]).mode == "RGB"


@pytest.mark.parametrize(
    "profile", [b"", b"junk", b"\0" * 128, adobe_rgb()[:200], adobe_rgb()[:128] + b"\xff" * 400]
)
def test_a_broken_profile_counts_as_srgb(profile: bytes) -> None:
    plain, broken = jpeg(SOFT), jpeg(SOFT, icc_profile=profile)
    assert (
        mean_delta_e(opened(thumbnails(plain).files[600]), opened(thumbnails(broken).files[600]))
        < 0.5
    )


def test_a_profile_of_another_kind_counts_as_srgb() -> None:
    grey, tagged = jpeg(SOFT[:, :, 1]), jpeg(SOFT[:, :, 1], icc_profile=adobe_rgb())
    assert thumbnails(grey).files[150] == thumbnails(tagged).files[150]
