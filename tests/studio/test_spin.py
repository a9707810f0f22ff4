"""The sample spin at a size that renders in a fraction of a second per frame."""

import io
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from studio.arrays import U8
from studio.spin import BLURRED_ANGLE, HEIC_ANGLE, OVEREXPOSED_ANGLE, Frame, sample_spin

pillow_heif.register_heif_opener()
render_small = partial(sample_spin, width=504, height=378)


@pytest.fixture(scope="module")
def spin(tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    """Six frames, which include all the special ones, rendered in this process."""
    return render_small(tmp_path_factory.mktemp("spin"), frames=6, processes=1)


def _bytes(spin: Sequence[Frame]) -> list[bytes]:
    return [frame.path.read_bytes() for frame in spin]


def _luma(frame: Frame) -> U8:
    with Image.open(io.BytesIO(frame.path.read_bytes())) as image:
        return np.asarray(image.convert("L"), dtype=np.uint8)


def _sharpness(frame: Frame) -> float:
    return float(cv2.Laplacian(_luma(frame), cv2.CV_64F).var())


def _white(frame: Frame) -> float:
    return float((_luma(frame) == 255).mean())


def _at(spin: Sequence[Frame], angle: int) -> Frame:
    return next(frame for frame in spin if frame.angle_deg == angle)


def _exif(frame: Frame) -> Image.Exif:
    with Image.open(frame.path) as image:
        return image.getexif()


def test_frames_are_sorted_and_named_by_their_angle(spin: list[Frame]) -> None:
    assert [frame.angle_deg for frame in spin] == [0, 60, 120, 180, 240, 300]
    assert [f.path.stem for f in spin] == [f"frame_{a:03d}" for a in range(0, 360, 60)]


def test_only_one_frame_is_heic(spin: list[Frame]) -> None:
    heic = [frame for frame in spin if frame.content_type == "image/heic"]
    assert [frame.angle_deg for frame in heic] == [HEIC_ANGLE]
    for frame in spin:
        with Image.open(frame.path) as image:
            assert image.format == ("HEIF" if frame in heic else "JPEG")
            assert image.size == (504, 378)


def test_worker_processes_give_the_same_bytes(spin: list[Frame], tmp_path: Path) -> None:
    again = render_small(tmp_path, frames=6, processes=2)
    assert _bytes(again) == _bytes(spin)


def test_another_seed_gives_other_pixels_and_times(spin: list[Frame], tmp_path: Path) -> None:
    other = render_small(tmp_path, seed=361, frames=1, processes=1)
    assert not np.array_equal(_luma(other[0]), _luma(spin[0]))
    assert _exif(other[0])[Base.DateTime] != _exif(spin[0])[Base.DateTime]


def test_cached_frames_are_not_touched(spin: list[Frame]) -> None:
    before = [(f.path.stat().st_ino, f.path.stat().st_mtime_ns) for f in spin]
    calls: list[tuple[int, int]] = []
    again = render_small(
        spin[0].path.parent.parent, frames=6, progress=lambda *at: calls.append(at)
    )
    assert again == spin
    assert [(f.path.stat().st_ino, f.path.stat().st_mtime_ns) for f in again] == before
    assert calls == [(6, 6)]


def test_an_interrupted_run_renders_only_what_is_missing(tmp_path: Path) -> None:
    first = render_small(tmp_path, frames=2, processes=1)
    whole, kept = _bytes(first), first[0].path.stat().st_ino
    first[1].path.rename(first[1].path.with_name(".frame_180.half.part"))
    calls: list[tuple[int, int]] = []
    again = render_small(tmp_path, frames=2, processes=1, progress=lambda *at: calls.append(at))
    assert _bytes(again) == whole
    assert again[0].path.stat().st_ino == kept
    assert calls == [(1, 2), (2, 2)]


def test_a_failed_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Image.Image, "save", refuse)
    with pytest.raises(OSError, match="disk full"):
        render_small(tmp_path, frames=1, processes=1)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_exif_describes_the_camera(spin: list[Frame]) -> None:
    for frame in spin:
        exif = _exif(frame)
        capture = exif.get_ifd(IFD.Exif)
        assert (exif[Base.Make], exif[Base.Model]) == ("360 Imaging", "Studio One")
        assert exif[Base.Orientation] == 1
        assert 100 <= capture[Base.ISOSpeedRatings] <= 200
        assert (float(capture[Base.FNumber]), float(capture[Base.FocalLength])) == (8.0, 58.0)
        assert capture[Base.ExposureTime] > 0
        assert capture[Base.OffsetTimeOriginal] == "+02:00"


def test_exif_times_advance_frame_by_frame(spin: list[Frame]) -> None:
    stamps = [str(_exif(frame).get_ifd(IFD.Exif)[Base.DateTimeOriginal]) for frame in spin]
    times = [datetime.strptime(stamp, "%Y:%m:%d %H:%M:%S") for stamp in stamps]
    assert {(b - a).seconds for a, b in pairwise(times)} == {2}


def test_exif_has_the_place(spin: list[Frame]) -> None:
    for frame in spin:
        place = _exif(frame).get_ifd(IFD.GPSInfo)
        degrees = [
            sum(float(part) / 60**power for power, part in enumerate(place[tag]))
            for tag in (GPS.GPSLatitude, GPS.GPSLongitude)
        ]
        assert degrees == pytest.approx([45.0323, 7.6653], abs=1e-4)
        assert (place[GPS.GPSLatitudeRef], place[GPS.GPSLongitudeRef]) == ("N", "E")


def test_exactly_one_frame_is_out_of_focus(spin: list[Frame]) -> None:
    sharpness = {frame.angle_deg: _sharpness(frame) for frame in spin}
    assert sharpness.pop(BLURRED_ANGLE) < 100
    assert min(sharpness.values()) > 300


def test_exactly_one_frame_is_overexposed(spin: list[Frame]) -> None:
    white = {frame.angle_deg: _white(frame) for frame in spin}
    assert white.pop(OVEREXPOSED_ANGLE) > 0.15
    assert max(white.values()) < 0.01
    assert max(float((_luma(frame) == 0).mean()) for frame in spin) < 0.01


def test_the_car_turns(spin: list[Frame]) -> None:
    pictures = [_luma(frame).astype(np.int16) for frame in spin]
    for one, other in pairwise(pictures):
        assert np.abs(one - other).mean() > 4


def test_frames_must_divide_the_circle(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="divide 360"):
        sample_spin(tmp_path, frames=7)
