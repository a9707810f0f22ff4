"""The demo: the stack comes up, a phone sends a spin, every frame gets a verdict."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from client.errors import Imaging360Error
from devstack import frames
from devstack.board import Board
from devstack.capture import Capture
from devstack.errors import Cancelled, StackError
from devstack.frames import Shot
from devstack.phone import Phone
from devstack.progress import Progress
from devstack.rendering import Rendering
from devstack.signals import StopRequest
from devstack.stack import Stack
from devstack.summary import Seen, addresses, outcome
from devstack.viewer import Viewer

_T = TypeVar("_T")


@dataclass(frozen=True)
class Demo:
    """One run on `stack`; `photos` is a directory to send instead of the sample spin.

    With `keep` the stack stays up until somebody stops it.
    """

    stack: Stack
    progress: Progress
    stop: StopRequest
    photos: Path | None
    keep: bool

    def run(self) -> None:
        """Do it all. Raises StackError with the reason when a frame gets no verdict."""
        shots, skipped = frames.photos(self.photos) if self.photos else ([], [])
        self.stack.open()
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(self.stack.stop)
            rendering = None
            if not shots:
                rendering = Rendering(self.stack.run, self.progress.say)
                cleanup.callback(rendering.stop)
            self.stack.start()
            board, seen = self._play(rendering.result() if rendering else shots)
            self._conclude(board, seen, skipped)
            if self.keep:
                self.progress.say("\nthe stack stays up; Ctrl-C stops it")
                self.stop.wanted.wait()
            self.progress.say("stopping")

    def _play(self, shots: list[Shot]) -> tuple[Board, Seen]:
        board = Board(shots)
        try:
            return board, asyncio.run(self._until_stopped(self._capture(board, shots)))
        except (Imaging360Error, httpx.HTTPError) as error:
            raise StackError(str(error)) from error

    async def _capture(self, board: Board, shots: list[Shot]) -> Seen:
        api = self.stack.api.url
        async with Phone(api) as phone, Viewer(api) as viewer:
            await viewer.sign_in(self.stack.oidc.issuer)
            stock_number = f"DEMO-{time.time():.0f}"
            session_id = await phone.join(self.stack.seed.demo, shots, stock_number)
            self.progress.say(f"\nsession {session_id}: sending {len(shots)} files\n")
            console, trouble = self.progress.console, self._trouble
            await Capture(phone, viewer, session_id, board, console, trouble).run()
            return Seen(session_id, viewer.token)

    def _trouble(self) -> str | None:
        """Why going on makes no sense, if so."""
        dead = self.stack.failed
        return f"{', '.join(dead)} ended unexpectedly" if dead else None

    async def _until_stopped(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run `work`, but give up when somebody wants the stack to stop."""
        task = asyncio.create_task(work)
        while not task.done():
            if self.stop.wanted.is_set():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                raise Cancelled("stopped before every frame had a verdict")
            await asyncio.wait([task], timeout=0.1)
        return task.result()

    def _conclude(self, board: Board, seen: Seen, skipped: list[str]) -> None:
        lines = [*outcome(board, skipped), "", *addresses(self.stack, seen)]
        self.progress.say("\n" + "\n".join(lines))
        refused = [row for row in board.rows if row.status == "refused"]
        if refused:
            raise StackError(f"{len(refused)} files were refused; first: {refused[0].reason}")
