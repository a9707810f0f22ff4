"""Which pictures a session should have, and which are missing."""

from collections.abc import Iterable

from api.sessions.schemas import Shot, ShotList, Spin
from schema.enums import CaptureMode

_REQUIRED_STILLS = (
    "front_3q",
    "front",
    "side_left",
    "side_right",
    "rear_3q",
    "rear",
    "dashboard",
    "odometer",
)
_OPTIONAL_STILLS = ("seats_front", "seats_rear", "trunk", "engine", "wheel", "vin_plate", "damage")


def default_shot_list(mode: CaptureMode) -> ShotList:
    """A spin of 24 frames, or the usual pictures of a listing."""
    if mode is not CaptureMode.STILLS:
        return ShotList(studio360=Spin())
    required = [Shot(name=name) for name in _REQUIRED_STILLS]
    optional = [Shot(name=name, required=False) for name in _OPTIONAL_STILLS]
    return ShotList(stills=required + optional)


def spin_angles(shot_list: ShotList) -> list[int]:
    """The frames' angles in whole degrees; none without a spin."""
    if shot_list.studio360 is None:
        return []
    count = shot_list.studio360.frame_count
    return [round(frame * 360 / count) % 360 for frame in range(count)]


def frame_of(angle_deg: int, frame_count: int) -> int:
    """The frame of a spin that a picture counts for: the nearest."""
    return round(angle_deg * frame_count / 360) % frame_count


def missing_angles(shot_list: ShotList, covered: Iterable[int]) -> list[int]:
    """The spin's angles for which no picture counts; each counts for the nearest frame."""
    expected = spin_angles(shot_list)
    count = len(expected)
    frames = {frame_of(angle, count) for angle in covered} if count else set()
    return [angle for frame, angle in enumerate(expected) if frame not in frames]


def missing_shots(shot_list: ShotList, covered: Iterable[str]) -> list[str]:
    """Names of the required shots for which there is no picture."""
    have = set(covered)
    return [shot.name for shot in shot_list.stills if shot.required and shot.name not in have]


def expected_count(shot_list: ShotList) -> int:
    """Frames of the spin and required shots."""
    required = sum(shot.required for shot in shot_list.stills)
    return len(spin_angles(shot_list)) + required
