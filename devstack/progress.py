"""The stack's events as lines for a person."""

import threading

from rich.console import Console
from rich.text import Text

from devstack.events import Event

_MARKS = {"healthy": ("ok", "green"), "failed": ("FAILED", "red"), "died": ("DIED", "red")}
_QUIET = ("starting", "stopping")


class Progress:
    """Prints one line per thing that happened; safe to call from several threads."""

    def __init__(self, console: Console, *, verbose_stop: bool = False) -> None:
        self.console = console
        self._verbose_stop = verbose_stop
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Print `event` unless it is of no interest."""
        if event.state in _QUIET or (event.state == "stopped" and not self._verbose_stop):
            return
        with self._lock:
            self.console.print(_line(event), soft_wrap=True)

    def say(self, text: str) -> None:
        """Print a line of our own between the events."""
        with self._lock:
            self.console.print(text, soft_wrap=True, highlight=False, markup=False)


def _line(event: Event) -> Text:
    if event.state == "note":
        return Text(f"  note      {event.text}", style="yellow")
    word, colour = _MARKS.get(event.state, (event.state, "dim"))
    line = Text.assemble("  ", (f"{event.part:<10}", "bold"), (f"{word:<8}", colour))
    if event.seconds:
        line.append(f"{event.seconds:5.1f} s", style="dim")
    if event.text:
        line.append(f"\n{event.text}")
    return line
