"""VINs and shot lists: plain rules."""

import pytest

from api.sessions import shots, vin
from api.sessions.schemas import ShotList, Spin


@pytest.mark.parametrize(
    ("number", "digit"),
    [("1HGCM82633A004352", "3"), ("1M8GDM9AXKP042788", "X"), ("11111111111111111", "1")],
)
def test_the_check_digit(number: str, digit: str) -> None:
    assert vin.is_well_formed(number)
    assert vin.check_digit(number) == digit == number[8]


@pytest.mark.parametrize(
    "number", ["", "1HGCM82633A00435", "1HGCM82633A0043520", "1hgcm82633a004352"]
)
def test_what_is_no_vin(number: str) -> None:
    assert not vin.is_well_formed(number)


@pytest.mark.parametrize("sign", list("IOQ-é "))
def test_signs_that_no_vin_has(sign: str) -> None:
    assert not vin.is_well_formed("1HGCM82633A00435" + sign)


@pytest.mark.parametrize("count", [2, 7, 24, 36, 360])
def test_a_picture_counts_for_the_nearest_frame(count: int) -> None:
    shot_list = ShotList(studio360=Spin(frame_count=count))
    angles = shots.spin_angles(shot_list)
    assert len(set(angles)) == count
    assert shots.missing_angles(shot_list, angles) == []
    assert shots.missing_angles(shot_list, []) == angles
    assert shots.missing_angles(shot_list, range(360)) == []


def test_just_before_the_full_turn_is_the_first_frame() -> None:
    shot_list = ShotList(studio360=Spin(frame_count=4))
    assert shots.missing_angles(shot_list, [359]) == [90, 180, 270]
    assert shots.missing_angles(shot_list, [47]) == [0, 180, 270]
