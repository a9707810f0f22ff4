"""The capture itself: several uploads at a time, and looking until every frame has a verdict."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live

from client.errors import Imaging360Error
from devstack.board import Board, Row, line
from devstack.errors import StackError
from devstack.phone import Phone
from devstack.viewer import Viewer

AT_A_TIME = 6  # what a phone does
POLL_SECONDS = 0.25
DEADLINE_SECONDS = 180.0


@dataclass(frozen=True)
class Capture:
    """One session from its first upload to its last verdict; `trouble()` says why to give up."""

    phone: Phone
    viewer: Viewer
    session_id: str
    board: Board
    console: Console
    trouble: Callable[[], str | None]

    async def run(self) -> None:
        """Send every frame and follow it.

        Raises StackError when `trouble()` gives a reason, or when frames are without a verdict
        `DEADLINE_SECONDS` after the first upload began.
        """
        uploads = asyncio.create_task(self._send_all())
        try:
            with _display(self.board, self.console):
                await self._follow()
        finally:
            uploads.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await uploads

    async def _send_all(self) -> None:
        places = asyncio.Semaphore(AT_A_TIME)

        async def send(row: Row) -> None:
            async with places:
                row.status = "sending"
                try:
                    upload_id = await self.phone.send(self.session_id, row.shot)
                except (Imaging360Error, OSError) as error:
                    row.status, row.reason = "refused", str(error)
                    self._tell(row)
                else:
                    self.board.uploaded(row, upload_id, time.time())

        await asyncio.gather(*(send(row) for row in self.board.rows))

    async def _follow(self) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        doubt = ""
        while not self.board.finished:
            await asyncio.sleep(POLL_SECONDS)
            try:
                changed = self.board.update(await self.viewer.images(self.session_id))
            except Imaging360Error as error:  # the API may be away for a moment
                doubt = f"; {error}"
                changed = []
            for row in changed:
                self._tell(row)
            if (reason := self.trouble()) is not None:
                raise StackError(reason)
            if time.monotonic() > deadline:
                raise StackError(_late(self.board) + doubt)

    def _tell(self, row: Row) -> None:
        """A line for a log; in a terminal the table shows it."""
        if not self.console.is_terminal:
            self.console.print(line(row), highlight=False, soft_wrap=True, markup=False)


def _display(board: Board, console: Console) -> contextlib.AbstractContextManager[object]:
    """A table that draws itself anew in a terminal; elsewhere lines are printed on changes."""
    if not console.is_terminal:
        return contextlib.nullcontext()
    return Live(
        get_renderable=lambda: board.table(console),
        console=console,
        refresh_per_second=4,
        vertical_overflow="crop",
    )


def _late(board: Board) -> str:
    left = [f"{row.shot.slot} ({row.status})" for row in board.rows if not row.final]
    return f"no verdict after {DEADLINE_SECONDS:.0f} s for {len(left)} frames: {', '.join(left)}"
