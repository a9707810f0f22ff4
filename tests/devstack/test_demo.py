"""The demo as a person starts it, with photos of their own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from devstack.paths import REPOSITORY


def _photograph(path: Path, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 255, (300, 400, 3), np.uint8)
    Image.fromarray(noise).save(path, "JPEG")


def test_every_photo_gets_a_verdict_and_the_rest_is_named(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    _photograph(photos / "front.jpg", 1)
    _photograph(photos / "back.jpeg", 2)
    (photos / "broken.jpg").write_bytes((photos / "front.jpg").read_bytes()[:5000])
    (photos / "notes.txt").write_text("not a photo")
    argv = [sys.executable, "-m", "devstack", "demo", "--data-dir", str(tmp_path / "data")]
    run = subprocess.run(
        [*argv, "--photos", str(photos)],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 of 3 frames have a verdict" in run.stdout
    assert "status: 2 processed, 1 failed" in run.stdout
    assert "broken.jpg: failed:" in run.stdout
    assert "notes.txt" in run.stdout
    assert "SessionId%3D%22" in run.stdout
