"""Decoded samples equal those of other decoders; damage is a rejection, not a grey area."""

import io
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image

from imaging import turbojpeg
from imaging.decode import Raster, decode, luma
from imaging.errors import ImageRejected
from imaging.limits import Limits
from imaging.sniff import sniff
from tests.imaging.pictures import Pixels, heic, jpeg, opened, scene

PICTURE = scene(330, 217)


def raster(data: bytes) -> Raster:
    return decode(data, sniff(data, Limits()))


def cv2_grey(data: bytes) -> cv2.typing.MatLike:
    flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    assert grey is not None
    return grey


KINDS: list[dict[str, object]] = [
    {},
    {"subsampling": 0},
    {"subsampling": 1},
    {"progressive": True},
    {"restart_marker_rows": 1},
]


@pytest.fixture(params=["library", "wheel"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way of decoding: with the TurboJPEG library, and with what comes as a wheel."""
    if request.param == "wheel":
        monkeypatch.setattr(turbojpeg, "_library", lambda: None)
    elif not turbojpeg.available():
        pytest.skip("the TurboJPEG library (libturbojpeg0) is not installed")
    return str(request.param)


def stored_planes(data: bytes) -> list[Pixels]:
    """Y, Cb, Cr by Pillow, colour repeated; for pictures of whole MCUs its corners are stored."""
    image = Image.open(io.BytesIO(data))
    image.draft("YCbCr", image.size)
    return [np.asarray(channel) for channel in image.split()]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("options", KINDS)
def test_luma_is_the_stored_plane(options: dict[str, object]) -> None:
    data = jpeg(PICTURE, **options)
    assert np.array_equal(luma(raster(data)), cv2_grey(data))


@pytest.mark.usefixtures("way")
def test_chroma_is_that_of_pillow() -> None:
    data = jpeg(PICTURE, subsampling=0)
    decoded = raster(data)
    assert decoded.chroma is not None
    _, blue, red = stored_planes(data)
    assert np.array_equal(decoded.chroma.blue, blue)
    assert np.array_equal(decoded.chroma.red, red)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("subsampling", [1, 2])
def test_subsampled_chroma_is_what_pillow_interpolates(subsampling: int) -> None:
    data = jpeg(PICTURE, subsampling=subsampling)
    decoded = raster(data)
    assert decoded.chroma is not None
    assert (decoded.chroma.across, decoded.chroma.down) == (2, subsampling)
    rows, columns = luma(decoded).shape
    for ours, theirs in zip(
        (decoded.chroma.blue, decoded.chroma.red), stored_planes(data)[1:], strict=True
    ):
        assert ours.shape == (-(-rows // subsampling), -(-columns // 2))
        # The interpolation weighs 3 : 1, in both directions, with its own rounding.
        size = (ours.shape[1] * 2, ours.shape[0] * subsampling)
        wide = cv2.resize(ours, size, interpolation=cv2.INTER_LINEAR)[:rows, :columns]
        assert np.abs(wide.astype(np.int16) - theirs).max() <= 1


@pytest.mark.skipif(not turbojpeg.available(), reason="libturbojpeg0 is not installed")
@pytest.mark.parametrize("size", [(330, 217), (217, 330), (16, 16), (1, 1), (3, 50), (65, 2)])
@pytest.mark.parametrize("options", KINDS)
def test_both_ways_give_the_same_planes(
    size: tuple[int, int], options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = jpeg(scene(*size), **options)
    with_library = raster(data)
    monkeypatch.setattr(turbojpeg, "_library", lambda: None)
    assert same(raster(data), with_library)


def same(first: Raster, second: Raster) -> bool:
    one, two = first.chroma, second.chroma
    assert one is not None
    assert two is not None
    pairs = [(first.pixels, second.pixels), (one.blue, two.blue), (one.red, two.red)]
    return (one.across, one.down) == (two.across, two.down) and all(
        np.array_equal(a, b) for a, b in pairs
    )


def verdict(data: bytes) -> str:
    try:
        raster(data)
    except ImageRejected as rejection:
        return rejection.code.value
    return "decoded"


@pytest.mark.skipif(not turbojpeg.available(), reason="libturbojpeg0 is not installed")
def test_both_ways_refuse_the_same_files(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [p.read_bytes() for p in sorted(shared_data.glob("*/*.jpg"))]
    files = whole + [damaged(jpeg(PICTURE, **o), at) for o in KINDS for at in range(40)]
    with_library = [verdict(f) for f in files]
    monkeypatch.setattr(turbojpeg, "_library", lambda: None)
    assert [verdict(f) for f in files] == with_library
    assert {"decoded", "corrupt", "truncated"} <= set(with_library)


def damaged(data: bytes, seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    file = bytearray(data)
    for at in rng.integers(0, len(data), 3):
        file[at] = rng.integers(256)
    return bytes(file)


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
    wide = (np.arange(64 * 64 * 3, dtype=np.uint16).reshape(64, 64, 3) * 5) % 1024 * 64
    file = pillow_heif.from_bytes("RGB;16", (64, 64), wide.tobytes())
    buffer = io.BytesIO()
    file.save(buffer, quality=100, chroma=444)
    assert raster(buffer.getvalue()).pixels.dtype == np.uint8


@pytest.mark.usefixtures("way")
def test_junk_between_header_segments_is_harmless(shared_data: Path) -> None:
    for name in ("junk_jpeg_header.jpg", "jpeg_ff00_header.jpg", "truncated_app14.jpg"):
        data = (shared_data / "hostile" / name).read_bytes()
        assert np.array_equal(luma(raster(data)), cv2_grey(data)), name


@pytest.mark.usefixtures("way")
def test_damaged_picture_data_is_corrupt(shared_data: Path) -> None:
    with pytest.raises(ImageRejected) as caught:
        raster((shared_data / "hostile/hopper_bad_exif.jpg").read_bytes())
    assert caught.value.code == "corrupt"


@pytest.mark.usefixtures("way")
def test_a_piece_cut_from_the_middle_is_noticed() -> None:
    data = jpeg(PICTURE)
    for start in range(len(data) // 3, len(data) - 600, len(data) // 8):
        with pytest.raises(ImageRejected) as caught:
            raster(data[:start] + data[start + 500 :])
        assert caught.value.code in ("corrupt", "truncated")
