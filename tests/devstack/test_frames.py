"""A directory of photos becomes named shots."""

from pathlib import Path

import pytest

from devstack.errors import StackError
from devstack.frames import photos


def _fill(directory: Path, *names: str) -> Path:
    for name in names:
        (directory / name).write_bytes(b"x")
    return directory


def test_photos_are_known_by_suffix_and_the_rest_is_named(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "empty.jpg").touch()
    shots, skipped = photos(_fill(tmp_path, "B.HEIC", "a.jpg", "c.JPEG", "d.heif", "notes.txt"))
    assert [(s.shot_name, s.content_type) for s in shots] == [
        ("b", "image/heic"),
        ("a", "image/jpeg"),
        ("c", "image/jpeg"),
        ("d", "image/heic"),
    ]
    assert skipped == ["below", "empty.jpg", "notes.txt"]


def test_every_shot_has_a_name_of_its_own_that_the_api_takes(tmp_path: Path) -> None:
    shots, _ = photos(
        _fill(tmp_path, "Ä ö.jpg", "a-b.jpg", "a b.jpg", "A_B.heic", f"{'x' * 99}.jpg")
    )
    names = [shot.shot_name or "" for shot in shots]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and name == name.lower() and 0 < len(name) <= 64 for name in names)


def test_no_photo_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"no \.jpg"):
        photos(_fill(tmp_path, "notes.txt"))
    with pytest.raises(StackError, match="not a directory"):
        photos(tmp_path / "nowhere")
