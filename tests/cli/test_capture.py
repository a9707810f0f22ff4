"""The capture commands as a person types them, against the running stack."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from devstack.paths import REPOSITORY
from devstack.sign_in import id_token
from devstack.stack import Stack

REVIEWER = "reviewer@demo-motors.example"


class Terminal:
    """Runs `python -m cli capture ...` with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "cli", "capture", *words],
            cwd=REPOSITORY,
            env={**os.environ, "IMAGING360_HOME": str(self.home)},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    def good(self, *words: str, stdin: str = "") -> str:
        done = self.run(*words, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def bad(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 1
        (line,) = done.stderr.strip().splitlines()
        return line


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "home")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        pixels = np.random.default_rng().integers(40, 200, (240, 320, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.jpg", quality=90)
    return folder


def enrolled(terminal: Terminal, stack: Stack) -> str:
    seeded = stack.seed.demo
    org = ("--org", str(seeded.org_id), "--code", seeded.enrollment_code)
    return terminal.good("enrol", "--api", stack.api.url, *org)


def test_from_enrolment_to_a_published_spin(
    running_stack: Stack, terminal: Terminal, photos: Path
) -> None:
    enrolled(terminal, running_stack)
    kept = terminal.home / "identity.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    site = str(running_stack.seed.demo.site_id)
    session = terminal.good("session", "open", "--site", site, "--stock", "cli-1", "--frames", "3")
    assert terminal.good("upload", str(photos), "--session", session) == "3 photos: 3 sent"
    assert terminal.good("upload", str(photos), "--session", session) == "3 photos: 3 known"
    proof = id_token(running_stack.oidc.issuer, REVIEWER)
    terminal.good("login", "--api", running_stack.api.url, stdin=proof)
    watched = terminal.good("watch", "--session", session, "--count", "3")
    assert watched.count("processed") == 3
    assert terminal.good("publish", "--session", session) == "3 published"
    assert terminal.good("publish", "--session", session) == "0 published"


def test_errors_are_one_line_that_says_what_to_do(
    running_stack: Stack, terminal: Terminal, photos: Path
) -> None:
    nobody = terminal.bad("upload", str(photos), "--session", "x")
    assert "capture enrol" in nobody
    seeded = running_stack.seed.demo
    org = ("--org", str(seeded.org_id), "--code", "wrong")
    wrong = terminal.bad("enrol", "--api", running_stack.api.url, *org)
    assert "enrollment_code_invalid" in wrong
    assert "ask an administrator" in wrong
    enrolled(terminal, running_stack)
    assert "capture login" in terminal.bad("publish", "--session", str(seeded.site_id))
    missing = terminal.bad("upload", str(photos / "none"), "--session", str(seeded.site_id))
    assert "session_not_found" in missing
