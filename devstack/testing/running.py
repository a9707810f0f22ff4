"""Fixtures: the whole stack with api, bridge and worker as real processes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.stack import Stack


@pytest.fixture(scope="session")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything, on random ports and a directory of its own, seeded; one per pytest process.

    A test that stops a part starts it again.
    """
    with Stack(_short(tmp_path_factory), durable=False) as stack:
        yield stack


def _short(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp(f"stack-{os.getpid()}")
