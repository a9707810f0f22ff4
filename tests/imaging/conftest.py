"""Fixtures of the imaging tests."""

import json
from pathlib import Path
from typing import Any

import pytest

from imaging.derive import configure

SHARED = Path(__file__).parents[2].parent / "shared/data"


@pytest.fixture(scope="session", autouse=True)
def _codecs() -> None:
    configure()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real and hostile sample files."""
    if not (SHARED / "expected.json").exists():
        pytest.skip("the sample files (shared/data beside the repository) are not here")
    return SHARED


@pytest.fixture(scope="session")
def expected(shared_data: Path) -> dict[str, dict[str, Any]]:
    """exiftool's word on every sample file, by its path."""
    entries = json.loads((shared_data / "expected.json").read_text())
    return {entry["SourceFile"]: entry for entry in entries}
