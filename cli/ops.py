"""Operators: images that wait for a decision, and messages that nobody could handle."""

import asyncio
import getpass
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import ops_dlq, ops_reprocess
from cli.capture import HOME
from cli.identity import Identity
from cli.one_line import explained
from cli.ops_bulk import Bulk, summary, table
from cli.ops_desks import NOT_PARKED, Action, ApiDesk, Choice, Desk, Waiting, moment
from client.api import Client

app = typer.Typer(no_args_is_help=True, help="Mend: parked images and the dead-letter queue.")
parked = typer.Typer(no_args_is_help=True, help="Images that wait for a decision.")
app.add_typer(parked, name="parked")
app.add_typer(ops_dlq.app, name="dlq")
app.add_typer(ops_reprocess.app, name="reprocess")


def _moment(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError:
        raise typer.BadParameter("30m, 2h, 7d or an ISO 8601 time") from None


Org = Annotated[str | None, typer.Option(help="An organization's id; with --direct only.")]
Site = Annotated[str | None, typer.Option(help="A site's id.")]
Session = Annotated[str | None, typer.Option(help="A session's id.")]
Code = Annotated[str | None, typer.Option(help="An error's class, such as ZeroDivisionError.")]
Since = Annotated[
    datetime | None, typer.Option(parser=_moment, help="Came since: 30m, 2h, 7d or a time.")
]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="So many at most.")]
ImageArgument = Annotated[str | None, typer.Argument(help="The image's id.")]
All = Annotated[bool, typer.Option("--all", help="Every one that the options choose.")]
DryRun = Annotated[bool, typer.Option(help="Say how many, and do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Rate = Annotated[float, typer.Option(min=0.1, max=100, help="Images a second.")]


@dataclass(frozen=True)
class Operator:
    """Who calls, and which way they come."""

    identity: Identity
    direct: bool
    actor: str

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """Raises Imaging360Error."""
        if self.direct:
            # Loaded for those who come this way only: it takes a second.
            from cli.ops_temporal import connected

            yield await connected(self.actor)
        else:
            async with Client(self.identity.api, self.identity.token("user")) as client:
                yield ApiDesk(client)


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar="IMAGING360_HOME", help="Where `capture login` keeps the token.")
    ] = HOME,
    direct: Annotated[
        bool,
        typer.Option(help="All organizations: at Temporal itself, with IMAGING360_TEMPORAL_*."),
    ] = False,
    actor: Annotated[
        str | None, typer.Option("--as", help="With --direct: who does it, for the audit trail.")
    ] = None,
) -> None:
    """Speak for the admin who signed in with `capture login`, or for the platform."""
    named = actor or f"{getpass.getuser()}@{socket.gethostname()}"
    context.obj = Operator(Identity(home.expanduser()), direct, named)


@parked.command("list")
@explained
def list_parked(
    context: typer.Context,
    org: Org = None,
    site: Site = None,
    session: Session = None,
    code: Code = None,
    since: Since = None,
    limit: Limit = 100,
) -> None:
    """Print them, the latest first: id, since when, where, the step, and what happened."""
    images, total = asyncio.run(_found(context.obj, Choice(org, site, session, code, since), limit))
    for line in table(images):
        typer.echo(line)
    typer.echo(f"{total} parked, {len(images)} shown" if total else "none is parked")


@app.command()
@explained
def show(context: typer.Context, image: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Print all that is known of one image, and who did what to it, as JSON."""
    shown = asyncio.run(_shown(context.obj, image))
    typer.echo(json.dumps(shown, indent=2, default=str, ensure_ascii=False))


@app.command()
@explained
def retry(
    context: typer.Context,
    image: ImageArgument = None,
    reason: Annotated[str, typer.Option(help="Why, for the audit trail.")] = "",
    every: All = False,
    org: Org = None,
    site: Site = None,
    session: Session = None,
    code: Code = None,
    since: Since = None,
    limit: Limit = 1000,
    rate: Rate = 10,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Try the step that failed again: one image, or --all that the options choose."""
    choice = Choice(org, site, session, code, since)
    plan = Plan("retry", reason, choice, limit, rate, dry_run, yes)
    _decide(context.obj, image, every, plan)


@app.command()
@explained
def discard(
    context: typer.Context,
    reason: Annotated[str, typer.Option(help="Why; people will read it.")],
    image: ImageArgument = None,
    every: All = False,
    org: Org = None,
    site: Site = None,
    session: Session = None,
    code: Code = None,
    since: Since = None,
    limit: Limit = 1000,
    rate: Rate = 10,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Give up, as failed with a reason: one image, or --all that the options choose."""
    choice = Choice(org, site, session, code, since)
    plan = Plan("discard", reason, choice, limit, rate, dry_run, yes)
    _decide(context.obj, image, every, plan)


@dataclass(frozen=True)
class Plan:
    """What to do with which images."""

    action: Action
    reason: str
    choice: Choice
    limit: int
    rate: float
    dry_run: bool
    yes: bool


def _decide(operator: Operator, image: str | None, every: bool, plan: Plan) -> None:
    if every == (image is not None):
        raise typer.BadParameter("give one image's id, or --all")
    if image is not None:
        if plan.choice != Choice():
            raise typer.BadParameter("options that choose images go with --all")
        typer.echo(asyncio.run(_one(operator, image, plan)))
        return
    images, total = asyncio.run(_found(operator, plan.choice, plan.limit))
    typer.echo(f"{total} parked{': ' if images else ''}{summary(images)}")
    if total > len(images):
        typer.echo(f"only the latest {len(images)} now; run the command again for the rest")
    if images and not plan.dry_run:
        if not plan.yes:
            typer.confirm(f"{plan.action} {len(images)}?", abort=True)
        _told(asyncio.run(_many(operator, images, plan)))


def _told(outcomes: Counter[str]) -> None:
    """Say how it went; exit code 1 when something was refused."""
    counted = ", ".join(f"{count} {name}" for name, count in outcomes.most_common())
    typer.echo(f"{outcomes.total()} images: {counted}")
    if set(outcomes) - {"accepted", "queued", NOT_PARKED}:
        raise typer.Exit(1)


async def _found(operator: Operator, choice: Choice, limit: int) -> tuple[list[Waiting], int]:
    async with operator.desk() as desk:
        return await desk.find(choice, limit)


async def _shown(operator: Operator, image: str) -> dict[str, object]:
    async with operator.desk() as desk:
        return await desk.show(image)


async def _one(operator: Operator, image: str, plan: Plan) -> str:
    async with operator.desk() as desk:
        return await desk.decide(image, plan.action, plan.reason)


async def _many(operator: Operator, images: list[Waiting], plan: Plan) -> Counter[str]:
    async with operator.desk() as desk:
        bulk = Bulk(desk, plan.action, plan.reason, a_second=plan.rate)
        return await bulk.decide(images)
