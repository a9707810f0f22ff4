"""What the demo sends: the sample spin, or a directory of somebody's own photos."""

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import StackError

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


def photos(directory: Path) -> tuple[list[Shot], list[str]]:
    """The photos in `directory` (not below it) as named shots, and the names of what is no photo.

    They become a session of stills, in the order of their file names; a shot's name is made of its
    file's. Raises StackError when there is no photo.
    """
    if not directory.is_dir():
        raise StackError(f"PHOTOS={directory} is not a directory")
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
        raise StackError(f"no .jpg, .jpeg, .heic or .heif file in {directory}")
    return shots, skipped


def sample(cache: Path, told: Callable[[int, int], None]) -> list[Shot]:
    """The sample spin, rendered into `cache` when it is not there; `told(done, all)` as it goes."""
    from studio.spin import sample_spin

    frames = sample_spin(cache, seed=360, progress=told)
    return [Shot(frame.path, frame.content_type, frame.angle_deg) for frame in frames]


def _unused_name(stem: str, used: set[str | None]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")[:_LONGEST_NAME] or "photo"
    name, number = base, 1
    while name in used:
        number += 1
        name = f"{base}_{number}"
    return name


def main(cache: Path) -> None:
    """Render in a process group of its own: a line of JSON for each step, the last is the list.

    SIGTERM ends the group: the renderer's workers would wait for ever for a parent that is gone.
    """
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(os.getpgrp(), signal.SIGKILL))

    def told(done: int, total: int) -> None:
        print(json.dumps([done, total]), flush=True)

    shots = sample(cache, told)
    print(json.dumps([[str(s.path), s.content_type, s.angle_deg] for s in shots]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
