"""Decoded samples equal those of other decoders; damage is a rejection, not a grey area."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from imaging.decode import Raster, decode, luma
from imaging.errors import ImageRejected
from imaging.limits import Limits
from imaging.sniff import sniff
from tests.imaging.pictures import heic, jpeg, opened, scene

PICTURE = scene(330, 217)


def raster(data: bytes, *, exact_chroma: bool = True) -> Raster:
    return decode(data, sniff(data, Limits()), exact_chroma=exact_chroma)


def cv2_grey(data: bytes) -> cv2.typing.MatLike:
    flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    assert grey is not None
    return grey


@pytest.mark.parametrize(
    "options",
    [{}, {"subsampling": 0}, {"subsampling": 1}, {"progressive": True}, {"restart_marker_rows": 1}],
)
@pytest.mark.parametrize("exact_chroma", [True, False])
def test_luma_is_the_stored_plane(options: dict[str, object], exact_chroma: bool) -> None:
    data = jpeg(PICTURE, **options)
    assert np.array_equal(luma(raster(data, exact_chroma=exact_chroma)), cv2_grey(data))


def test_chroma_is_that_of_pillow() -> None:
    data = jpeg(PICTURE)
    image = Image.open(__import__("io").BytesIO(data))
    image.draft("YCbCr", image.size)
    assert np.array_equal(raster(data).pixels, np.asarray(image))


def test_a_jpeg_that_stores_red_green_blue() -> None:
    data = jpeg(PICTURE, keep_rgb=True)
    decoded = raster(data)
    assert decoded.model == "rgb"
    assert np.array_equal(decoded.pixels, np.asarray(opened(data)))


def test_grey() -> None:
    data = jpeg(PICTURE[:, :, 1])
    assert np.array_equal(raster(data).pixels, np.asarray(opened(data)))


def test_four_inks_are_inverted_as_adobe_stores_them() -> None:
    data = jpeg(Image.fromarray(PICTURE).convert("CMYK"))
    decoded = raster(data)
    assert decoded.model == "cmyk"
    assert np.array_equal(255 - decoded.pixels, np.asarray(opened(data)))


def test_luma_of_four_inks_is_that_of_the_print(shared_data: Path) -> None:
    data = (shared_data / "hostile/pil_sample_cmyk.jpg").read_bytes()
    reference = np.asarray(opened(data).convert("RGB").convert("L"), np.int16)
    assert np.abs(luma(raster(data)) - reference).max() <= 2


def test_heic_keeps_its_pixels_upright() -> None:
    decoded = raster(heic(PICTURE, orientation=6))
    assert decoded.pixels.shape == (330, 217, 3)
    assert decoded.orientation == 1


def test_ten_bit_heic_becomes_eight() -> None:
    import io

    import pillow_heif

    wide = (np.arange(64 * 64 * 3, dtype=np.uint16).reshape(64, 64, 3) * 5) % 1024 * 64
    file = pillow_heif.from_bytes("RGB;16", (64, 64), wide.tobytes())
    buffer = io.BytesIO()
    file.save(buffer, quality=100, chroma=444)
    assert raster(buffer.getvalue()).pixels.dtype == np.uint8


def test_junk_between_header_segments_is_harmless(shared_data: Path) -> None:
    for name in ("junk_jpeg_header.jpg", "jpeg_ff00_header.jpg", "truncated_app14.jpg"):
        data = (shared_data / "hostile" / name).read_bytes()
        assert np.array_equal(luma(raster(data)), cv2_grey(data)), name


def test_damaged_picture_data_is_corrupt(shared_data: Path) -> None:
    with pytest.raises(ImageRejected) as caught:
        raster((shared_data / "hostile/hopper_bad_exif.jpg").read_bytes())
    assert caught.value.code == "corrupt"


def test_a_piece_cut_from_the_middle_is_noticed() -> None:
    data = jpeg(PICTURE)
    for start in range(len(data) // 3, len(data) - 600, len(data) // 8):
        with pytest.raises(ImageRejected) as caught:
            raster(data[:start] + data[start + 500 :])
        assert caught.value.code in ("corrupt", "truncated")
