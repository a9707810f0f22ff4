"""A part that ends by itself is reported; one that is stopped on purpose is not."""

import threading
from pathlib import Path

import psutil
import pytest

from devstack.errors import StackError
from devstack.events import Event
from devstack.stack import Stack


class Heard:
    """Collects events and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, part: str, state: str) -> Event:
        def found() -> Event | None:
            return next((e for e in self.events if (e.part, e.state) == (part, state)), None)

        with self._changed:
            assert self._changed.wait_for(found, timeout=30), self.events
        event = found()
        assert event is not None
        return event


def test_a_death_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    heard = Heard()
    with Stack(tmp_path, parts={"oidc", "s3"}, listener=heard) as stack:
        psutil.Process(stack.pids()["oidc"]).kill()
        event = heard.wait_for("oidc", "died")
        assert "code -9" in event.text
        assert "Uvicorn running" in event.text
        assert stack.failed == ["oidc"]
        stack.start_part("oidc")
        assert stack.failed == []
        stack.stop_part("s3")
        assert set(stack.pids()) == {"oidc"}
    assert [e.part for e in heard.events if e.state == "died"] == ["oidc"]


def test_a_part_that_cannot_start_says_why_and_stops_the_others(tmp_path: Path) -> None:
    (tmp_path / "temporal" / "temporal.db").mkdir(parents=True)
    stack = Stack(tmp_path, parts={"temporal", "oidc"})
    with pytest.raises(StackError, match=r"temporal ended with code 1 .*temporal\.log"):
        stack.start()
    assert stack.pids() == {}


def test_an_unknown_part_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="no such part: mysql"):
        Stack(tmp_path, parts={"mysql"})
