"""What the demo sends: the sample spin, or a directory of somebody's own photos."""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from client.errors import Imaging360Error
from client.photos import CONTENT_TYPES as CONTENT_TYPES
from client.photos import Shot as Shot
from client.photos import named_photos
from devstack.errors import StackError


def photos(directory: Path) -> tuple[list[Shot], list[str]]:
    """The photos in `directory` (not below it) as named shots, and the names of what is no photo.

    They become a session of stills, in the order of their file names; a shot's name is made of its
    file's. Raises StackError when there is no photo.
    """
    try:
        return named_photos(directory)
    except Imaging360Error as error:
        raise StackError(error.detail) from error


def sample(cache: Path, told: Callable[[int, int], None]) -> list[Shot]:
    """The sample spin, rendered into `cache` when it is not there; `told(done, all)` as it goes."""
    from studio.spin import sample_spin

    frames = sample_spin(cache, seed=360, progress=told)
    return [Shot(frame.path, frame.content_type, frame.angle_deg) for frame in frames]


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
