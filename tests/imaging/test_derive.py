"""The one entry: every sample file ends in a result or a rejection, in any process or thread."""

import io
import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import cv2
import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from imaging.derive import Derived, configure, derive
from imaging.errors import ImageRejected
from imaging.fingerprint import hamming
from imaging.limits import Limits
from tests.imaging.pictures import Pixels, car, heic, jpeg, opened, scene

REJECTED = {
    "corrupted.heic": "truncated",
    "empty.heic": "empty_file",
    "hopper_bad_exif.jpg": "corrupt",
    "truncated.heic": "truncated",
    "truncated_jpeg.jpg": "truncated",
    "ultrahdr.jpg": "truncated",
}


def outcome(data: bytes) -> Derived | str:
    try:
        return derive(data, Limits())
    except ImageRejected as rejection:
        return rejection.code.value


def test_every_sample_file_ends_in_a_verdict(shared_data: Path) -> None:
    found = {p.name: outcome(p.read_bytes()) for p in sorted(shared_data.glob("*/*.*"))}
    assert {name: code for name, code in found.items() if isinstance(code, str)} == REJECTED


def test_numbers_of_the_sample_photos(shared_data: Path) -> None:
    errors = []
    for path in sorted(shared_data.glob("*/*.jpg")):
        result = outcome(path.read_bytes())
        if isinstance(result, str):
            continue
        upright = ImageOps.exif_transpose(opened(path.read_bytes()))
        assert (result.width, result.height) == upright.size, path.name
        assert hamming(result.phash, int(str(imagehash.phash(upright)), 16)) <= 2, path.name
        errors.append(sharpness_error(path.read_bytes(), result.quality.sharpness))
    assert np.median(errors) <= 0.005
    assert max(errors) <= 0.04


def sharpness_error(data: bytes, sharpness: float) -> float:
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    wanted = float(np.var(cv2.Laplacian(grey, cv2.CV_64F)))
    return abs(sharpness - wanted) / wanted if wanted else abs(sharpness)


@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
def test_everything_comes_from_the_upright_picture(orientation: int) -> None:
    data = jpeg(car(1700, 1300, noise=2), orientation=orientation)
    upright = ImageOps.exif_transpose(opened(data))
    result = derive(data, Limits())
    assert (result.width, result.height, result.format) == (*upright.size, "jpeg")
    assert hamming(result.phash, int(str(imagehash.phash(upright)), 16)) <= 2
    assert result.thumb_px == {150: 150, 600: 600, 1200: 1200}
    assert {size: opened(file).size for size, file in result.thumbnails.items()} == {
        size: (size, size) for size in (150, 600, 1200)
    }


def test_a_blown_out_picture_is_measured_on_luma() -> None:
    picture = scene(800, 600)
    picture[:200] = 255
    result = derive(jpeg(picture, quality=95), Limits())
    assert result.quality.white_share == pytest.approx(1 / 3, abs=0.01)


def test_the_first_picture_of_several_is_taken() -> None:
    buffer = io.BytesIO()
    first, second = (Image.fromarray(scene(320, 240, seed=s)) for s in (1, 2))
    first.save(buffer, "MPO", save_all=True, append_images=[second], quality=90)
    alone = derive(jpeg(scene(320, 240, seed=1)), Limits())
    assert derive(buffer.getvalue(), Limits()).phash == alone.phash


def test_a_png_renamed_to_jpg_is_refused() -> None:
    buffer = io.BytesIO()
    Image.fromarray(scene(50, 50)).save(buffer, "PNG")
    assert outcome(buffer.getvalue()) == "unsupported_format"


@pytest.mark.parametrize("progressive", [False, True])
def test_a_picture_that_lacks_its_end_is_never_half_grey(progressive: bool) -> None:
    data = jpeg(scene(160, 120), progressive=progressive)
    for cut in (*range(1, 40), *range(40, len(data), 331)):
        assert outcome(data[:-cut]) in ("truncated", "not_an_image", "empty_file"), cut


def test_a_process_pool_can_call_it() -> None:
    data, broken = jpeg(scene(300, 200)), jpeg(scene(300, 200))[:-500]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=configure) as pool:
        assert pool.submit(derive, data, Limits()).result() == derive(data, Limits())
        with pytest.raises(ImageRejected) as caught:
            pool.submit(derive, broken, Limits()).result()
    assert caught.value.code == "truncated"
    assert caught.value.message.startswith("The file ends")


def test_threads_do_not_disturb_each_other(shared_data: Path) -> None:
    files = [jpeg(scene(1600, 1300, seed=s), progressive=bool(s % 2)) for s in range(4)]
    files += [p.read_bytes() for p in sorted(shared_data.glob("hostile/*.jpg"))]
    alone = [outcome(f) for f in files]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(outcome, files)) == alone


def _derive_in_little_memory(data: bytes) -> str:
    """In a process of its own: how `derive` ends when the machine has no memory left."""
    derive(jpeg(scene(1100, 1000)), Limits())
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + 20 * 2**20, resource.RLIM_INFINITY))
    try:
        derive(data, Limits())
    except MemoryError:
        return "memory"
    except ImageRejected as rejection:
        return rejection.code.value
    return "derived"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(("encode", "size"), [(jpeg, (7000, 8000)), (heic, (5000, 6000))])
def test_a_machine_without_memory_is_not_the_files_fault(
    encode: Callable[[Pixels], bytes], size: tuple[int, int]
) -> None:
    data = encode(np.full((*size, 3), 90, np.uint8))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=configure) as pool:
        assert pool.submit(_derive_in_little_memory, data).result() == "memory"


SEEDS = [jpeg(scene(64, 48)), jpeg(scene(64, 48), progressive=True), heic(scene(64, 64))]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_damaged_file_is_derived_or_rejected(data: st.DataObject) -> None:
    file = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(file) - 1))
        file[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    assert outcome(bytes(file))
