"""docs/api.md is true: its commands, in order, end in a published spin."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from devstack.paths import REPOSITORY
from devstack.stack import Stack

DOCUMENT = REPOSITORY / "docs" / "api.md"
FRAMES = 4


def commands() -> list[str]:
    """The fenced shell blocks, as a person copies them."""
    return re.findall(r"^```sh\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def directory(tmp_path: Path, running_stack: Stack) -> Path:
    """Where a person stands: the stack's `.data` and a folder of photos."""
    (tmp_path / ".data").symlink_to(running_stack.run.data.root)
    (tmp_path / "photos").mkdir()
    for number in range(FRAMES):
        pixels = np.random.default_rng().integers(40, 200, (240, 320, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photos" / f"{number}.jpg", quality=90)
    return tmp_path


def test_the_document_leads_to_a_published_spin(directory: Path) -> None:
    script = "\n".join(["set -euo pipefail", *commands()])
    run = subprocess.run(
        ["bash", "-c", script], cwd=directory, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "a second PUT: 412" in run.stdout
    images = json.loads((directory / "images.json").read_text())["items"]
    assert [image["angle_deg"] for image in images] == [0, 90, 180, 270]
    assert {image["status"] for image in images} == {"published"}
    assert json.loads((directory / "published.json").read_text())["published"] == FRAMES
    assert json.loads((directory / "session.json").read_text())["status"] == "completed"
    assert (directory / "live.txt").read_text().count("event: image\n") == FRAMES
    # All had their verdict when the first stream closed: the second has no picture to tell of.
    assert "event: image\n" not in (directory / "again.txt").read_text()
    assert json.loads((directory / "used.json").read_text())["code"] == "ticket_invalid"
    assert json.loads((directory / "problem.json").read_text())["code"] == "role_forbidden"
