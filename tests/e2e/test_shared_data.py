"""Real photos, HEICs and broken files: each one ends in a verdict and harms nobody."""

from pathlib import Path

import pytest

from devstack.frames import CONTENT_TYPES, Shot
from devstack.stack import Stack
from tests.e2e.conftest import OpenWalk

DATA = Path(__file__).parents[3] / "shared" / "data"
FILES = sorted(path for path in DATA.glob("*/*") if path.suffix in CONTENT_TYPES)

HEADERS_ONLY = {"ultrahdr.jpg"}  # a test file for metadata: no picture data follows


@pytest.mark.skipif(not FILES, reason="the shared corpus is not beside the project")
async def test_every_file_of_the_corpus_ends_in_a_verdict(
    open_walk: OpenWalk, running_stack: Stack
) -> None:
    before = running_stack.pids()
    shots = [
        Shot(path, CONTENT_TYPES[path.suffix], shot_name=f"file_{number}")
        for number, path in enumerate(FILES)
    ]
    walk = await open_walk(shots)
    await walk.send(*shots)
    images = await walk.verdicts(seconds=120)
    assert len(images) == len(FILES)
    for image in images.values():
        assert image["status"] == "processed" or image["failure"]["message"]
    by_name = {shot.path.name: images[i] for i, shot in walk.sent.items()}
    good = {path.name for path in FILES if path.parent.name == "photos"} - HEADERS_ONLY
    assert {by_name[name]["status"] for name in good} == {"processed"}
    refused = {name: by_name[name]["failure"]["code"] for name in HEADERS_ONLY | {"empty.heic"}}
    assert refused == {"ultrahdr.jpg": "truncated", "empty.heic": "empty_file"}
    assert running_stack.pids() == before
