"""Thumbnails that never leave Y, Cb, Cr: colour lies where it belongs, whatever its sampling."""

import io

import pytest
from PIL import Image

from imaging import turbojpeg
from tests.imaging.pictures import (
    centre_square,
    jpeg,
    mean_delta_e,
    opened,
    scene,
    thumbnails,
    upright,
)


@pytest.mark.parametrize("size", [(1000, 800), (1001, 800), (803, 1000), (801, 801), (2600, 2402)])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_colour_is_in_its_place(size: tuple[int, int], subsampling: int, orientation: int) -> None:
    data = jpeg(scene(*size, noise=0), subsampling=subsampling, orientation=orientation)
    made = thumbnails(data)
    square = centre_square(upright(data))
    for requested, side in made.sides.items():
        reference = square.resize((side, side), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        reference.save(buffer, "JPEG", quality=85)
        theirs = mean_delta_e(opened(buffer.getvalue()), reference)
        ours = mean_delta_e(opened(made.files[requested]), reference)
        assert ours < max(1.5, theirs + 0.3)


@pytest.mark.skipif(not turbojpeg.available(), reason="libturbojpeg0 is not installed")
@pytest.mark.parametrize("size", [(1301, 900), (640, 480), (2500, 2401)])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_files_are_the_same_without_the_library(
    size: tuple[int, int], subsampling: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = jpeg(scene(*size), subsampling=subsampling)
    with_library = thumbnails(data)
    monkeypatch.setattr(turbojpeg, "_library", lambda: None)
    assert thumbnails(data) == with_library
