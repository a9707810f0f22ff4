"""What is refused before any decode, with which code; what is accepted, with which header."""

import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.errors import ImageRejected, RejectCode
from imaging.limits import Limits
from imaging.sniff import sniff
from tests.imaging.pictures import heic, jpeg, scene

LIMITS = Limits()
PICTURE = scene(96, 64)
JPEG = jpeg(PICTURE)
HEIC = heic(PICTURE)


def rejected(data: bytes, limits: Limits = LIMITS) -> RejectCode:
    with pytest.raises(ImageRejected) as caught:
        sniff(data, limits)
    assert len(caught.value.message) > 20
    assert caught.value.message.endswith(".")
    return caught.value.code


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).save(buffer, kind)
    return buffer.getvalue()


def test_an_empty_file() -> None:
    assert rejected(b"") == "empty_file"


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes(seed: int) -> None:
    assert rejected(np.random.default_rng(seed).bytes(5000)) == "not_an_image"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("PNG", "PNG"),
        ("GIF", "GIF"),
        ("WEBP", "WebP"),
        ("TIFF", "TIFF"),
        ("BMP", "BMP"),
        ("AVIF", "AVIF"),
        ("PDF", "PDF"),
    ],
)
def test_another_format_is_named(kind: str, name: str) -> None:
    with pytest.raises(ImageRejected, match=name) as caught:
        sniff(encoded(kind), LIMITS)
    assert caught.value.code == "unsupported_format"


@pytest.mark.parametrize(
    "head", [b"<!DOCTYPE html><html>", b"<svg xmlns=", b"PK\3\4", b"\0\0\0\x18ftypmp42", b"\x7fELF"]
)
def test_what_is_no_picture_at_all_is_named_too(head: bytes) -> None:
    assert rejected(head.ljust(200, b" ")) == "unsupported_format"


def test_too_many_bytes() -> None:
    assert rejected(JPEG, Limits(max_bytes=len(JPEG) - 1)) == "too_many_bytes"
    assert sniff(JPEG, Limits(max_bytes=len(JPEG))).width == 96


def resized(width: int, height: int) -> bytes:
    """The JPEG with another size declared in its header."""
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + struct.pack(">2H", height, width) + JPEG[at + 4 :]


def test_a_declared_size_is_refused_before_decoding() -> None:
    assert rejected(resized(30_000, 30_000)) == "too_many_pixels"
    assert rejected(resized(65_535, 977)) == "too_many_pixels"
    assert sniff(resized(8000, 8000), LIMITS).coded_width == 8000
    assert rejected(resized(0, 100)) == "corrupt"
    assert rejected(resized(100, 0)) == "corrupt"


def with_extent(data: bytes, width: int, height: int) -> bytes:
    """The HEIC with another size declared in every `ispe` box."""
    patched, at = bytearray(data), 0
    while (at := data.find(b"ispe", at)) >= 0:
        patched[at + 8 : at + 16] = struct.pack(">2I", width, height)
        at += 4
    return bytes(patched)


def test_a_heic_that_declares_gigabytes() -> None:
    assert rejected(with_extent(HEIC, 60_000, 60_000)) == "too_many_pixels"
    assert rejected(with_extent(HEIC, 0, 60_000)) == "corrupt"


def test_a_heic_whose_video_stream_is_larger_than_it_says() -> None:
    large = heic(scene(1024, 768))
    limits = Limits(max_pixels=100_000)
    assert rejected(large, limits) == "too_many_pixels"
    assert rejected(with_extent(large, 64, 64), limits) == "too_many_pixels"


def test_a_heic_grid_is_measured_by_its_tiles_and_descriptor() -> None:
    data = heic(scene(640, 384), tile_size=128)
    assert b"grid" in data
    assert (sniff(data, LIMITS).width, sniff(data, LIMITS).height) == (640, 384)
    assert rejected(data, Limits(max_pixels=640 * 384 - 1)) == "too_many_pixels"
    assert rejected(with_extent(data, 64, 64), Limits(max_pixels=50_000)) == "too_many_pixels"


def progressive(extra_scans: int) -> bytes:
    data = jpeg(PICTURE, progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * extra_scans + b"\xff\xd9"


def test_scans_are_counted() -> None:
    assert sniff(progressive(0), LIMITS).format == "jpeg"
    assert sniff(progressive(20), LIMITS).format == "jpeg"
    assert rejected(progressive(1000)) == "too_many_scans"


def test_the_scans_of_a_second_picture_do_not_count() -> None:
    assert sniff(progressive(40) + progressive(40), LIMITS).format == "jpeg"


def test_a_progressive_picture_that_would_not_fit_into_memory() -> None:
    data = jpeg(PICTURE, progressive=True, subsampling=0)
    at = data.index(b"\xff\xc2") + 5
    large = data[:at] + struct.pack(">2H", 8000, 8000) + data[at + 4 :]
    assert rejected(large) == "memory_limit"
    assert sniff(resized(8000, 8000), LIMITS).jpeg is not None


@pytest.mark.parametrize("marker", [b"\xff\xc3", b"\xff\xc7"])
def test_lossless_jpeg_is_unsupported(marker: bytes) -> None:
    assert rejected(JPEG.replace(b"\xff\xc0", marker, 1)) == "unsupported_format"


def test_twelve_bit_jpeg_is_unsupported() -> None:
    at = JPEG.index(b"\xff\xc0") + 4
    assert rejected(JPEG[:at] + b"\x0c" + JPEG[at + 1 :]) == "unsupported_format"


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_jpeg_cut_anywhere_is_truncated(options: dict[str, object]) -> None:
    data = jpeg(PICTURE, **options)
    for length in [3, 4, 5, 19, *range(20, len(data), 97), len(data) - 2, len(data) - 1]:
        assert rejected(data[:length]) == "truncated", length


def test_a_heic_cut_anywhere_is_truncated_or_corrupt() -> None:
    for length in range(24, len(HEIC), 41):
        assert rejected(HEIC[:length]) in ("truncated", "corrupt"), length
    assert rejected(HEIC[:-1]) == "truncated"


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.txt", "text")
    return buffer.getvalue()


def test_polyglots_are_refused() -> None:
    pdf_in_a_comment = JPEG[:2] + b"\xff\xfe\0\x10%PDF-1.7 comment"[:18] + JPEG[2:]
    hosts = {"zip": JPEG + archive(), "padded zip": JPEG + bytes(100) + archive()}
    hosts |= {
        "pdf": pdf_in_a_comment,
        "html": JPEG + b"\n<html><script>",
        "heic zip": HEIC + archive(),
    }
    hosts |= {"php": JPEG + b"<?php", "program": JPEG + b"\x7fELF", "png": JPEG + encoded("PNG")}
    for name, data in hosts.items():
        assert rejected(data) == "polyglot", name


def test_what_cameras_append_is_accepted() -> None:
    for trailer in (b"\0" * 64, JPEG, b"\0\0\0\x18ftypmp42" + bytes(40), b"SEFH" + bytes(20)):
        assert sniff(JPEG + trailer, LIMITS).width == 96


def test_multi_picture_files_are_their_first_picture() -> None:
    buffer = io.BytesIO()
    second = Image.fromarray(scene(48, 32, seed=2))
    Image.fromarray(PICTURE).save(buffer, "MPO", save_all=True, append_images=[second])
    assert (sniff(buffer.getvalue(), LIMITS).width, sniff(buffer.getvalue(), LIMITS).height) == (
        96,
        64,
    )


def test_an_image_sequence_is_refused() -> None:
    data = b"\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc" + b"\0\0\0\x08moov"
    assert rejected(data) == "animated_or_multi"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_size_is_that_of_the_upright_picture(orientation: int) -> None:
    wanted = (96, 64) if orientation < 5 else (64, 96)
    header = sniff(jpeg(PICTURE, orientation=orientation), LIMITS)
    assert (header.width, header.height, header.orientation) == (*wanted, orientation)
    header = sniff(heic(PICTURE, orientation=orientation), LIMITS)
    assert (header.width, header.height, header.orientation) == (*wanted, 1)


def test_the_profile_is_put_together_in_order() -> None:
    profile = bytes(range(256)) * 600
    assert sniff(jpeg(PICTURE, icc_profile=profile), LIMITS).icc == profile


def test_sample_files(shared_data: Path) -> None:
    refused = {}
    for path in sorted(shared_data.glob("*/*.*")):
        try:
            sniff(path.read_bytes(), LIMITS)
        except ImageRejected as rejection:
            refused[path.name] = rejection.code.value
    assert refused == {
        "corrupted.heic": "truncated",
        "empty.heic": "empty_file",
        "truncated.heic": "truncated",
        "truncated_jpeg.jpg": "truncated",
        "ultrahdr.jpg": "truncated",
    }


def test_a_rejection_survives_pickling() -> None:
    rejection = pickle.loads(pickle.dumps(ImageRejected(RejectCode.CORRUPT, "Why.")))
    assert (rejection.code, rejection.message) == (RejectCode.CORRUPT, "Why.")
    assert str(rejection) == "corrupt: Why."
