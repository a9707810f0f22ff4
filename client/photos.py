"""The photos of a folder, and each one's place in a session."""

import re
from dataclasses import dataclass
from pathlib import Path

from client.errors import Imaging360Error
from client.models import Session

CONTENT_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".heic": "image/heic",
    ".heif": "image/heic",
}
_LONGEST_NAME = 60  # of the 64 that a shot's name may have, the rest tells equal names apart


@dataclass(frozen=True)
class Shot:
    """One file and its place in the session: an angle (degrees) or a shot's name."""

    path: Path
    content_type: str
    angle_deg: int | None = None
    shot_name: str | None = None

    @property
    def slot(self) -> str:
        """The place as a person writes it."""
        return f"{self.angle_deg}°" if self.angle_deg is not None else str(self.shot_name)


def photos_of(directory: Path, session: Session) -> list[Shot]:
    """The photos in `directory` (not below it), placed as the session wants them.

    A spin takes them in the order of their names, evenly from 0 degrees on over its frames.
    Without a spin each is a shot named as its file. Raises Imaging360Error (`no_photos`,
    `too_many_photos`).
    """
    named, _ = named_photos(directory)
    count = session.frame_count
    if session.mode == "stills" or count is None:
        return named
    if len(named) > count:
        detail = f"{directory} has {len(named)} photos, the session's spin {count} frames"
        raise Imaging360Error("too_many_photos", detail)
    return [
        Shot(shot.path, shot.content_type, angle_deg=round(360 / count * number) % 360)
        for number, shot in enumerate(named)
    ]


def named_photos(directory: Path) -> tuple[list[Shot], list[str]]:
    """The photos in `directory` as named shots in the order of their names, and what is no photo.

    Raises Imaging360Error (`no_photos`).
    """
    if not directory.is_dir():
        raise Imaging360Error("no_photos", f"{directory} is not a directory")
    shots: list[Shot] = []
    skipped: list[str] = []
    for path in sorted(directory.iterdir()):
        kind = CONTENT_TYPES.get(path.suffix.lower())
        if kind is None or not path.is_file() or path.stat().st_size == 0:
            skipped.append(path.name)
        else:
            name = _unused_name(path.stem, {shot.shot_name for shot in shots})
            shots.append(Shot(path, kind, shot_name=name))
    if not shots:
        raise Imaging360Error("no_photos", f"no .jpg, .jpeg, .heic or .heif file in {directory}")
    return shots, skipped


def _unused_name(stem: str, used: set[str | None]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")[:_LONGEST_NAME] or "photo"
    name, number = base, 1
    while name in used:
        number += 1
        name = f"{base}_{number}"
    return name
