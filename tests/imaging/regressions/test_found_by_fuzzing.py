"""Files that once ended otherwise than in a result or a verdict; see tests/fuzz."""

import struct

import pytest

from imaging.derive import derive
from imaging.errors import ImageRejected
from imaging.limits import Limits
from tests.fuzz.seeds import seeds
from tests.fuzz.target import check
from tests.imaging.pictures import heic, scene


def ending(data: bytes) -> str:
    try:
        derive(data, Limits())
    except ImageRejected as rejection:
        return rejection.code.value
    return "derived"


def test_every_seed_keeps_the_invariants() -> None:
    endings = {check(data) for data in seeds()}
    assert "derived" in endings


@pytest.mark.parametrize("size", [(0, 384), (640, 0), (0, 0)])
def test_a_heic_grid_without_extent_is_corrupt(size: tuple[int, int]) -> None:
    """The decoder calls it a memory allocation error; it passed for a machine without memory."""
    data = heic(scene(640, 384), tile_size=128)
    grid = struct.pack(">4B2H", 0, 0, 2, 4, 640, 384)
    assert grid in data
    assert ending(data.replace(grid, grid[:4] + struct.pack(">2H", *size))) == "corrupt"
