"""The dead-letter queue: messages that the bridge refused until SQS took them away."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.one_line import explained
from client.errors import Imaging360Error

if TYPE_CHECKING:
    from adapters.dead_letters import DeadLetters
    from adapters.ports import Message

app = typer.Typer(
    no_args_is_help=True, help="Messages that nobody could handle; with IMAGING360_SQS_* settings."
)
_EVERYTHING = 100_000
Id = Annotated[str | None, typer.Argument(metavar="MESSAGE", help="The message's id.")]
All = Annotated[bool, typer.Option("--all", help="Every message.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="So many at most.")]
DryRun = Annotated[bool, typer.Option(help="Say how many, and do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Rate = Annotated[float, typer.Option(min=0.1, max=100, help="Messages a second.")]


@app.command("list")
@explained
def list_messages(limit: Limit = 100) -> None:
    """Print id, time, receives and beginning of each. All stay where they are."""
    shown = 0
    with _opened() as letters:
        for message in letters.each(limit):
            shown += 1
            begin = " ".join(message.body.split())[:120]
            sent = _sent(message) or "-"
            typer.echo(f"{message.message_id}  {sent}  {message.receives} receives  {begin}")
    typer.echo(f"{shown} shown" if shown else "the dead-letter queue is empty")


@app.command()
@explained
def show(message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Its id.")]) -> None:
    """Print one whole message as JSON. It stays where it is."""
    with _opened() as letters:
        for one in _one(letters, message):
            typer.echo(json.dumps(_document(one), indent=2, ensure_ascii=False))


@app.command()
@explained
def redrive(
    message: Id = None,
    every: All = False,
    limit: Limit = 1000,
    rate: Rate = 10,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Send messages back to the bridge's queue, after what refused them is mended."""
    with _opened() as letters:
        count = _agreed(Plan("redrive", every, limit, dry_run, yes), letters, message)
        for one in _chosen(letters, message, count):
            letters.redrive(one)
            typer.echo(f"{one.message_id}  redriven")
            time.sleep(1 / rate)


@app.command()
@explained
def drop(
    reason: Annotated[str, typer.Option(help="Why nobody will miss them.")],
    message: Id = None,
    every: All = False,
    limit: Limit = 1000,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Delete messages for good. Each is printed as a line of JSON, with the reason, to be kept."""
    with _opened() as letters:
        count = _agreed(Plan("drop", every, limit, dry_run, yes), letters, message)
        for one in _chosen(letters, message, count):
            typer.echo(json.dumps({"dropped": reason, **_document(one)}, ensure_ascii=False))
            letters.drop(one)


@contextmanager
def _opened() -> Iterator["DeadLetters"]:
    """The queues of the settings. Raises Imaging360Error with what the service says."""
    # Loaded for these commands only: boto3 takes a second.
    from adapters.dead_letters import DeadLetters
    from adapters.errors import AdapterError
    from adapters.s3 import AwsAccess
    from adapters.sqs import SqsQueue
    from settings import DeadLetterSettings, load

    settings = load(DeadLetterSettings)
    client = AwsAccess.of(settings, connections=1).sqs()
    dead = SqsQueue(client, settings.sqs_dead_letter_url)
    try:
        yield DeadLetters(dead, SqsQueue(client, settings.sqs_queue_url))
    except AdapterError as error:
        raise Imaging360Error("queue_unavailable", str(error)) from error


@dataclass(frozen=True)
class Plan:
    """What to do with which messages."""

    action: str
    every: bool
    limit: int
    dry_run: bool
    yes: bool


def _agreed(plan: Plan, letters: "DeadLetters", message: str | None) -> int:
    """How many to go on with: one message needs no question, all of them are counted first."""
    if plan.every == (message is not None):
        raise typer.BadParameter("give one message's id, or --all")
    count = 1 if message else sum(1 for _ in letters.each(plan.limit))
    if message is None:
        typer.echo(f"{count} dead messages")
    if plan.dry_run or not count:
        return 0
    if message is None and not plan.yes:
        typer.confirm(f"{plan.action} {count}?", abort=True)
    return count


def _chosen(letters: "DeadLetters", message: str | None, count: int) -> Iterator["Message"]:
    """In hand while the caller works on them; not more than there were, should they come back."""
    if not count:
        return
    if message is not None:
        yield from _one(letters, message)
        return
    # One at a time: the queue takes back what waits in hand for its turn too long.
    yield from letters.each(count, batch=1)


def _one(letters: "DeadLetters", message_id: str) -> Iterator["Message"]:
    with closing(letters.each(_EVERYTHING)) as messages:
        for message in messages:
            if message.message_id == message_id:
                yield message
                return
    raise Imaging360Error("message_not_found", "no such message, or another one holds it just now")


def _document(message: "Message") -> dict[str, object]:
    try:
        body = json.loads(message.body)
    except ValueError:
        body = message.body
    return {
        "message_id": message.message_id,
        "sent_at": _sent(message),
        "receives": message.receives,
        "body": body,
    }


def _sent(message: "Message") -> str | None:
    if message.sent_at is None:
        return None
    return datetime.fromtimestamp(message.sent_at, UTC).isoformat(timespec="seconds")
