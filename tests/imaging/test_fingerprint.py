"""The perceptual hash against imagehash itself, also where it hangs on single grey levels."""

import hashlib

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageOps

from imaging.fingerprint import hamming, phash, sha256_hex
from imaging.lanczos import reduce_rows
from tests.imaging.pictures import Pixels, car, jpeg, opened, scene


def reference(image: Image.Image) -> int:
    return int(str(imagehash.phash(image)), 16)


def grey(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("L"))


def ramp(width: int, height: int) -> Pixels:
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return np.repeat(((across + down) * 127).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize(
    "size", [(7, 5), (64, 48), (1023, 1000), (1600, 1200), (2048, 1537), (3001, 1999), (4000, 600)]
)
def test_within_two_bits_of_imagehash(size: tuple[int, int]) -> None:
    for picture in (scene(*size), ramp(*size), car(*size), car(*size, noise=3)):
        image = opened(jpeg(picture))
        assert hamming(phash(grey(image)), reference(image)) <= 2


@pytest.mark.parametrize(
    "size", [(32, 40), (33, 40), (500, 90), (4000, 64), (4001, 64), (8064, 32)]
)
def test_rows_are_reduced_as_pillow_does(size: tuple[int, int]) -> None:
    for picture in (scene(*size), ramp(*size), car(*size)):
        luma = np.ascontiguousarray(picture[:, :, 1])
        wanted = np.asarray(Image.fromarray(luma).resize((32, size[1]), Image.Resampling.LANCZOS))
        assert np.array_equal(reduce_rows(luma), wanted)
        assert np.array_equal(reduce_rows(np.ascontiguousarray(luma.T), transposed=True), wanted)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(640, 400), (1500, 1100)])
def test_it_is_the_hash_of_the_upright_picture(orientation: int, size: tuple[int, int]) -> None:
    image = opened(jpeg(scene(*size, seed=3), orientation=orientation))
    upright = ImageOps.exif_transpose(image)
    assert hamming(phash(grey(image), orientation), reference(upright)) <= 2


@pytest.mark.parametrize("level", [0, 128, 255])
def test_flat_pictures(level: int) -> None:
    image = Image.new("L", (1600, 1200), level)
    assert phash(np.asarray(image)) == reference(image)


def test_different_pictures_are_far_apart_and_copies_near() -> None:
    first, second = scene(1600, 1200, seed=1), scene(1600, 1200, seed=2)
    hashes = [
        phash(grey(opened(jpeg(p, quality=q)))) for p, q in ((first, 95), (first, 40), (second, 95))
    ]
    assert hamming(hashes[0], hashes[1]) <= 4
    assert hamming(hashes[0], hashes[2]) > 16


def test_hamming_counts_bits() -> None:
    assert hamming(0, 2**64 - 1) == 64
    assert hamming(0b1011, 0b0010) == 2


def test_sha256_is_the_files() -> None:
    assert sha256_hex(b"abc") == hashlib.sha256(b"abc").hexdigest()
