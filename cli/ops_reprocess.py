"""Campaigns: images computed anew, looked at, and switched to; at Temporal itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID, uuid4

import typer

from cli.one_line import explained
from cli.ops_desks import moment
from cli.ops_reprocess_told import lines
from client.errors import Imaging360Error

if TYPE_CHECKING:
    from adapters.reprocess import CampaignRuns
    from schema.reprocess import Progress, ReprocessTask
    from settings import OperatorSettings

app = typer.Typer(
    no_args_is_help=True, help="Compute images anew; with IMAGING360_TEMPORAL_* settings."
)
_HAND_OVER_SECONDS = 0.1


def _moment(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError:
        raise typer.BadParameter("30m, 2h, 7d or an ISO 8601 time") from None


Org = Annotated[UUID, typer.Option(help="The organization's id.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit trail.")]
Wait = Annotated[bool, typer.Option(help="Wait for the end; it goes on without you as well.")]
CampaignId = Annotated[UUID, typer.Argument(metavar="CAMPAIGN", help="Its id.")]
Time = Annotated[datetime | None, typer.Option(parser=_moment, help="30m, 2h, 7d or a time.")]


@app.command()
@explained
def start(
    context: typer.Context,
    org: Org,
    site: Annotated[UUID | None, typer.Option(help="Only of this site.")] = None,
    session: Annotated[UUID | None, typer.Option(help="Only of this session.")] = None,
    qc_below: Annotated[
        int | None, typer.Option(min=1, help="Only what an older QC version judged, or none.")
    ] = None,
    since: Time = None,
    until: Time = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="A sample, to compare.")] = False,
    sample: Annotated[int | None, typer.Option(min=1, help="So many in a dry run.")] = None,
    every: Annotated[bool, typer.Option("--all", help="A dry run of all.")] = False,
    canary: Annotated[int | None, typer.Option(min=1, help="Approval after so many.")] = None,
    no_canary: Annotated[bool, typer.Option("--no-canary", help="No approval.")] = False,
    lanes: Annotated[int, typer.Option(min=1, max=64, help="Batches at the same time.")] = 2,
    campaign: Annotated[
        UUID | None, typer.Option(help="Take up this one: what it has is not done again.")
    ] = None,
    reason: Reason = "",
    wait: Wait = False,
) -> None:
    """Compute what the options choose. What is shown stays as it is until `switch`."""
    from schema.reprocess import Campaign, ReprocessTask, Selection, Sizes

    if (sample or every) and not dry_run:
        raise typer.BadParameter("--sample and --all are for a --dry-run")
    if no_canary and canary:
        raise typer.BadParameter("--canary or --no-canary")
    settings = _settings()
    wanted = Campaign(
        id=str(campaign or uuid4()),
        org_id=str(org),
        selection=Selection(_text(site), _text(session), qc_below, _iso(since), _iso(until)),
        dry_run=dry_run,
        sample=None if every else sample or settings.reprocess_sample,
        canary=0 if no_canary or dry_run else canary or settings.reprocess_canary,
        actor=context.obj.actor,
        reason=reason,
    )
    asyncio.run(_started(settings, ReprocessTask(wanted, Sizes(lanes=lanes)), wait))


@app.command()
@explained
def status(org: Org) -> None:
    """Print where the organization's latest campaign stands, and what it would change."""
    asyncio.run(_told(org))


@app.command()
@explained
def approve(context: typer.Context, org: Org, reason: Reason = "") -> None:
    """The canary is good: compute the rest."""
    asyncio.run(_steered(context, org, "approve", reason))


@app.command()
@explained
def pause(context: typer.Context, org: Org, reason: Reason = "") -> None:
    """Stop after the batches under way."""
    asyncio.run(_steered(context, org, "pause", reason))


@app.command()
@explained
def resume(context: typer.Context, org: Org, reason: Reason = "") -> None:
    """Go on."""
    asyncio.run(_steered(context, org, "resume", reason))


@app.command()
@explained
def cancel(context: typer.Context, org: Org, reason: Reason = "") -> None:
    """Stop for good. What is computed stays; what is shown as well."""
    asyncio.run(_steered(context, org, "cancel", reason))


@app.command()
@explained
def switch(
    context: typer.Context, campaign: CampaignId, org: Org, reason: Reason = "", wait: Wait = True
) -> None:
    """Show a campaign's results. Those of before are kept for `rollback`."""
    asyncio.run(_turned(context, campaign, org, "switch", reason, wait))


@app.command()
@explained
def rollback(
    context: typer.Context, campaign: CampaignId, org: Org, reason: Reason = "", wait: Wait = True
) -> None:
    """Show again what was shown before `switch`."""
    asyncio.run(_turned(context, campaign, org, "rollback", reason, wait))


def _settings() -> "OperatorSettings":
    from settings import OperatorSettings, load

    return load(OperatorSettings)


@asynccontextmanager
async def _runs(settings: "OperatorSettings", actor: str) -> AsyncIterator["CampaignRuns"]:
    """Raises Imaging360Error with what Temporal says."""
    # Loaded for these commands only: it takes a second.
    from adapters import temporal
    from adapters.errors import AdapterError, TransientError
    from adapters.reprocess import CampaignRuns

    try:
        access = temporal.TemporalAccess.of(settings)
        yield CampaignRuns(await temporal.connect(access, identity=actor))
    except AdapterError as error:
        code = "unreachable" if isinstance(error, TransientError) else "campaign_refused"
        raise Imaging360Error(code, str(error)) from error
    finally:
        # The SDK's thread that brought the last answer is still handing it over: a process that
        # ends under it is aborted by the interpreter.
        await asyncio.sleep(_HAND_OVER_SECONDS)


async def _started(settings: "OperatorSettings", task: "ReprocessTask", wait: bool) -> None:
    from schema.reprocess import campaign_workflow_id

    wanted = task.campaign
    async with _runs(settings, wanted.actor) as runs:
        handle = await runs.start(task)
        place = f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows"
        typer.echo(f"campaign {wanted.id}\n{place}/{campaign_workflow_id(wanted.org_id)}")
        if wait:
            _say(await runs.result(handle))


async def _told(org: UUID) -> None:
    async with _runs(_settings(), "status") as runs:
        found = await runs.status(str(org))
        typer.echo(f"{found.run}: {found.ended or 'running'}")
        if found.progress is not None:
            _say(found.progress)


async def _steered(context: typer.Context, org: UUID, command: str, reason: str) -> None:
    from schema.contracts import Decision

    actor = context.obj.actor
    async with _runs(_settings(), actor) as runs:
        await runs.steer(str(org), command, Decision(reason, actor))
        typer.echo(f"{command}: accepted")


async def _turned(
    context: typer.Context, campaign: UUID, org: UUID, direction: str, reason: str, wait: bool
) -> None:
    from schema.reprocess import TurnTask

    actor = context.obj.actor
    async with _runs(_settings(), actor) as runs:
        task = TurnTask(str(campaign), str(org), direction, actor, reason)
        handle = await runs.turn(task)
        if wait:
            _say(await runs.result(handle))


def _say(progress: "Progress") -> None:
    for line in lines(progress):
        typer.echo(line)


def _text(given: UUID | None) -> str | None:
    return str(given) if given else None


def _iso(given: datetime | None) -> str | None:
    return given.isoformat() if given else None
