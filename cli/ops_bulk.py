"""Deciding about many parked images, one after another, at a bounded rate."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.one_line import line
from cli.ops_desks import NOT_PARKED, Action, Desk, Waiting
from cli.work import say
from client.errors import Imaging360Error

_AT_A_TIME = 8


class Bulk:
    """Sends decisions and tells what became of each."""

    def __init__(self, desk: Desk, action: Action, reason: str, *, a_second: float) -> None:
        self._desk = desk
        self._action = action
        self._reason = reason
        self._pause = 1 / a_second
        self._console = Console()

    async def decide(self, images: Sequence[Waiting]) -> Counter[str]:
        """How often each outcome came: a delivery, NOT_PARKED, or a refusal's code.

        Raises Imaging360Error when nobody answers any more; what was decided stays decided, and
        the same command does the rest.
        """
        outcomes: Counter[str] = Counter()
        places = asyncio.Semaphore(_AT_A_TIME)
        with _bar(self._action) as bar:
            task = bar.add_task(self._action, total=len(images))

            async def one(image: Waiting) -> None:
                async with places:
                    outcomes[await self._outcome(image)] += 1
                    bar.advance(task)

            await self._spaced([one(image) for image in images])
        return outcomes

    async def _spaced(self, work: Sequence[Coroutine[None, None, None]]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for one in work:
                    group.create_task(one)
                    await asyncio.sleep(self._pause)
        except* Imaging360Error as errors:
            raise errors.exceptions[0] from None

    async def _outcome(self, image: Waiting) -> str:
        try:
            outcome = await self._desk.decide(image.image_id, self._action, self._reason)
        except Imaging360Error as error:
            if error.code == "unreachable":
                raise
            outcome = error.code
            said = "not parked any more" if outcome == NOT_PARKED else line(error)
        else:
            said = outcome
        say(self._console, f"{image.image_id}  {said}")
        return outcome


def summary(images: Sequence[Waiting]) -> str:
    """What there is, by what failed."""
    kinds = Counter((image.code, image.stage) for image in images).most_common()
    return ", ".join(f"{count} {code} at {stage}" for (code, stage), count in kinds)


def table(images: Sequence[Waiting]) -> list[str]:
    """One line an image."""
    lines = []
    for image in images:
        org = f"org {image.org_id}  " if image.org_id else ""
        place = f"{org}session {image.session_id}"
        said = " ".join(image.message.split())
        lines.append(f"{image.image_id}  {image.since[:19]}  {place}  {image.stage}  {said}")
    return lines


def _bar(action: str) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal)
