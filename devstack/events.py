"""What the stack tells while it starts, runs and stops."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["starting", "healthy", "failed", "died", "stopping", "stopped", "note"]


@dataclass(frozen=True)
class Event:
    """One thing that happened to a part; `seconds` since it began, `text` in plain words."""

    part: str
    state: State
    seconds: float = 0.0
    text: str = ""


Listener = Callable[[Event], None]


def nobody(event: Event) -> None:
    """The listener that does not care."""
