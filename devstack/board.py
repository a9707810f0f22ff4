"""What is known of each frame, and how it looks as a table or as lines."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from devstack.frames import Shot

_CHECKS = ("sharpness", "exposure")
FINAL = frozenset({"processed", "failed", "published", "refused"})
_COLOURS = {"pass": "green", "warn": "yellow", "fail": "red", "processed": "green"}
_COLOURS |= {"published": "green", "failed": "red", "refused": "red", "needs_attention": "magenta"}


@dataclass
class Row:
    """One frame on its way; `seconds` from the end of its upload to its verdict."""

    shot: Shot
    status: str = "waiting"
    uploaded: float | None = None
    seconds: float | None = None
    qc: dict[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def final(self) -> bool:
        """True when nothing more will happen to it."""
        return self.status in FINAL

    def check(self, name: str) -> tuple[str, str]:
        """(verdict, number) of the check `sharpness` or `exposure`; empty when there is none."""
        return str(self.qc.get(name, "")), _number(name, self.qc.get("numbers") or {})

    def age(self) -> float | None:
        """Seconds since the upload, standing still once there is a verdict."""
        if self.seconds is not None or self.uploaded is None:
            return self.seconds
        return time.time() - self.uploaded

    def update(self, image: dict[str, Any]) -> bool:
        """Take over what the API says; True when something changed."""
        before = self.status
        self.status = str(image["status"])
        self.qc = image.get("qc") or {}
        self.reason = (image.get("failure") or {}).get("message", "")
        if self.final and self.seconds is None and self.uploaded is not None:
            self.seconds = max(0.0, _moment(image.get("processed_at")) - self.uploaded)
        return self.status != before


class Board:
    """All frames of a session, found by the id of their upload."""

    def __init__(self, shots: Iterable[Shot]) -> None:
        self.rows = [Row(shot) for shot in shots]
        self._by_upload: dict[str, Row] = {}

    def uploaded(self, row: Row, upload_id: str, at: float) -> None:
        """`row`'s bytes have been in the store since `at` (seconds of the epoch)."""
        row.uploaded = at
        row.status = "uploaded"
        self._by_upload[upload_id] = row

    def update(self, images: Iterable[dict[str, Any]]) -> list[Row]:
        """Take over the API's list; gives the rows that changed."""
        pairs = [(self._by_upload.get(str(image["id"])), image) for image in images]
        return [row for row, image in pairs if row is not None and row.update(image)]

    @property
    def finished(self) -> bool:
        """True when every frame has a verdict."""
        return all(row.final for row in self.rows)

    def table(self, console: Console) -> RenderableType:
        """The frames as a table that fits the terminal, in several columns when it must."""
        room = max(4, console.height - 5)
        shown = self.rows if len(self.rows) <= 2 * room else _latest(self.rows, 2 * room)
        grid = Table.grid(padding=(0, 3))
        grid.add_row(*(_table(shown[i : i + room]) for i in range(0, len(shown), room)))
        done = sum(row.final for row in self.rows)
        outer = Table.grid()
        outer.add_row(grid)
        outer.add_row(Text(f"{done} of {len(self.rows)} have a verdict", style="bold"))
        return outer


def line(row: Row) -> str:
    """A row as plain text, for where a table cannot be drawn again and again."""
    checks = [f"{name} {' '.join(row.check(name))}" for name in _CHECKS]
    age = row.age()
    since = f"{age:.1f} s" if age is not None else ""
    slot = row.shot.slot
    words = [f"{slot:>6}" if row.shot.shot_name is None else f"{slot:<24}", f"{row.status:<10}"]
    words.append(since)
    words += checks if row.qc else [row.reason]
    return "  ".join(word for word in words if word).rstrip()


def _table(rows: Iterable[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("angle", "status", "sharpness", "exposure", "s"):
        table.add_column(name, justify="right" if name in ("angle", "s") else "left", no_wrap=True)
    for row in rows:
        age = row.age()
        cells = [_coloured(row.status, row.status), *(_check(row, n) for n in _CHECKS)]
        table.add_row(row.shot.slot, *cells, f"{age:.1f}" if age is not None else "")
    return table


def _check(row: Row, name: str) -> Text:
    verdict, number = row.check(name)
    return _coloured(f"{verdict:<4} {number}", verdict)


def _coloured(text: str, word: str) -> Text:
    return Text(text, style=_COLOURS.get(word, ""))


def _latest(rows: list[Row], count: int) -> list[Row]:
    """The `count` rows that a person wants to see: under way first, then the last ones ended."""
    ranked = sorted(rows, key=lambda row: (row.final, -(row.uploaded or 0)))
    chosen = {id(row) for row in ranked[:count]}
    return [row for row in rows if id(row) in chosen]


def _number(name: str, numbers: dict[str, float]) -> str:
    """The variance of the Laplacian, or the share of pixels that are pure white or black."""
    if not numbers:
        return ""
    if name == "sharpness":
        return f"{numbers['sharpness']:.0f}"
    return f"{numbers['white_share'] + numbers['black_share']:.1%}"


def _moment(text: str | None) -> float:
    """Seconds of the epoch of an ISO time; now when there is none."""
    if text is None:
        return time.time()
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
