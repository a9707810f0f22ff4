"""What the capture commands do, over the client."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.one_line import line
from client import photos
from client import watch as watching
from client.api import Client
from client.journal import NAME, Journal
from client.models import ImageList, Published, Session, Token
from client.upload import How, Outcome, Uploader


async def enrol(api: str, org_id: str, code: str | None) -> Token:
    """A device's token. Raises Imaging360Error."""
    async with Client(api) as client:
        return await client.enroll(org_id, enrollment_code=code)


async def login(api: str, id_token: str, org_id: str | None) -> Token:
    """A person's token. Raises Imaging360Error."""
    async with Client(api) as client:
        return await client.login(id_token, org_id=org_id)


async def open_session(
    api: str, token: str, site_id: str, mode: str, about: Mapping[str, object]
) -> Session:
    """A new session. Raises Imaging360Error."""
    async with Client(api, token) as client:
        return await client.open_session(site_id, mode, **about)


async def upload(api: str, token: str, directory: Path, session_id: str, at_a_time: int) -> int:
    """Send a folder with a bar for its progress; how many were refused.

    Raises Imaging360Error, and OSError when the folder's journal cannot be kept.
    """
    console = Console()
    async with Client(api, token) as client, Uploader(client, at_a_time=at_a_time) as uploader:
        shots = photos.photos_of(directory, await client.session(session_id))
        with _bar(console) as bar:
            task = bar.add_task(directory.name, total=len(shots))

            def told(outcome: Outcome) -> None:
                bar.advance(task)
                if outcome.error is not None:
                    say(console, f"{outcome.shot.path.name}: {line(outcome.error)}")

            journal = Journal(directory / NAME)
            done = await uploader.upload(session_id, shots, journal=journal, told=told)
    say(console, _summary(done))
    return sum(outcome.how is How.REFUSED for outcome in done)


async def watch(api: str, token: str, session_id: str, count: int, seconds: float) -> None:
    """Print each change until all have their verdict. Raises Imaging360Error, TimeoutError."""
    console, seen = Console(), dict[str, str]()
    async with Client(api, token) as client:
        try:
            async with asyncio.timeout(seconds):
                async for listed in watching.watch(client, session_id):
                    _tell(console, listed, seen)
                    if watching.complete(listed, count):
                        return
        except TimeoutError:
            waited = f"not every picture has its verdict after {seconds:.0f} s: {_counts(seen)}"
            raise TimeoutError(f"{waited}; run `capture watch` again") from None


async def publish(api: str, token: str, session_id: str, only_passed: bool) -> Published:
    """Publish what is finished. Raises Imaging360Error."""
    async with Client(api, token) as client:
        return await client.publish(session_id, only_passed=only_passed)


def say(console: Console, text: str) -> None:
    """A line as it is: no colours, no wrapping at 80 columns in a pipe."""
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)


def _summary(done: list[Outcome]) -> str:
    words = [outcome.how.value for outcome in done]
    counted = ", ".join(f"{words.count(how)} {how.value}" for how in How if how.value in words)
    return f"{len(done)} photos: {counted}"


def _tell(console: Console, listed: ImageList, seen: dict[str, str]) -> None:
    for image in listed.items:
        if seen.get(image.id) != image.status:
            seen[image.id] = image.status
            say(console, f"{image.slot:>6}  {image.status}  {image.failure or ''}".rstrip())


def _counts(seen: Mapping[str, str]) -> str:
    words = sorted(set(seen.values()))
    return ", ".join(f"{list(seen.values()).count(w)} {w}" for w in words) or "none has arrived"
