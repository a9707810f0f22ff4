"""Ports are remembered, and chosen again only when they must be."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devstack.errors import StackError
from devstack.paths import DataDir
from devstack.ports import Ports
from devstack.stack import Stack


@contextmanager
def _listening(port: int = 0) -> Iterator[int]:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_port_is_the_same_next_time(tmp_path: Path) -> None:
    first = Ports(DataDir(tmp_path), preferred=False).take("s3")
    assert Ports(DataDir(tmp_path), preferred=False).take("s3") == first


def test_two_names_never_get_the_same_port(tmp_path: Path) -> None:
    ports = Ports(DataDir(tmp_path), preferred=False)
    assert len({ports.take(f"p{n}") for n in range(50)}) == 50


def test_a_remembered_port_that_is_taken_is_replaced_and_said(tmp_path: Path) -> None:
    notes: list[str] = []
    first = Ports(DataDir(tmp_path), preferred=False).take("s3")
    with _listening(first):
        second = Ports(DataDir(tmp_path), preferred=False, note=notes.append).take("s3")
    assert second != first
    assert str(first) in notes[0]
    assert "pid" in notes[0]


def test_a_fixed_port_that_is_taken_is_an_error(tmp_path: Path) -> None:
    with _listening() as port:
        ports = Ports(DataDir(tmp_path), {"api": port})
        with pytest.raises(StackError, match=rf"port {port} for api is taken by .*pid"):
            ports.take("api")


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{")
    assert Ports(DataDir(tmp_path), preferred=False).take("s3")


def test_the_stack_starts_beside_somebody_on_its_ports(tmp_path: Path) -> None:
    with Stack(tmp_path, parts={"oidc"}) as stack:
        first = stack.oidc.issuer
    with _listening(int(first.rpartition(":")[2])), Stack(tmp_path, parts={"oidc"}) as stack:
        assert stack.oidc.issuer != first
