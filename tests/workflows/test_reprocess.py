"""Campaigns on a real server whose clock skips; the images and their results are made up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from adapters.reprocess import CampaignError, CampaignRuns, Handle
from schema import reprocess
from schema.contracts import Decision
from schema.reprocess import Campaign, CampaignState, Progress, ReprocessTask, Sizes, TurnTask
from tests.waiting import eventually
from tests.workflows.campaigns import WORKFLOWS, Fleet

SMALL = Sizes(page=20, batch=5, lanes=2)
ANN = Decision("because", "ann")


class Desk:
    """One organization's campaigns, as an operator has them."""

    def __init__(self, environment: WorkflowEnvironment) -> None:
        self.environment = environment
        self.org = str(uuid4())
        self.runs = CampaignRuns(environment.client)

    async def start(self, *, sizes: Sizes = SMALL, **options: object) -> Handle:
        campaign = Campaign(str(uuid4()), self.org, **options)  # type: ignore[arg-type]
        return await self.runs.start(ReprocessTask(campaign, sizes))

    async def tell(self, command: str) -> None:
        await self.runs.steer(self.org, command, ANN)

    async def progress(self) -> Progress:
        found = (await self.runs.status(self.org)).progress
        assert found is not None
        return found

    async def waits(self) -> None:
        async def waiting() -> bool:
            return (await self.progress()).awaiting_approval

        await eventually(waiting, seconds=60)


@asynccontextmanager
async def at_work(environment: WorkflowEnvironment, fleet: Fleet) -> AsyncIterator[Desk]:
    clock, images = fleet.workers(environment)
    async with clock, images:
        yield Desk(environment)


async def histories(environment: WorkflowEnvironment, handle: Handle) -> list[WorkflowHistory]:
    """Those of a run and of all that it continued as."""
    found, run_id = [], handle.first_execution_run_id
    while run_id:
        part = environment.client.get_workflow_handle(handle.id, run_id=run_id)
        found.append(await part.fetch_history())
        last = found[-1].events[-1]
        continued = last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
        attributes = last.workflow_execution_continued_as_new_event_attributes
        run_id = attributes.new_execution_run_id if continued else ""
    return found


async def test_a_hundred_thousand_images_make_small_histories(
    skipping: WorkflowEnvironment,
) -> None:
    fleet = Fleet(100_000)
    async with at_work(skipping, fleet) as desk:
        handle = await desk.start(sizes=Sizes(page=200, batch=50, lanes=4))
        result = await handle.result()
        assert (result.done, result.failed, result.total) == (100_000, 10_000, 100_000)
        assert len(fleet.computed) == fleet.computed.total() == 100_000
        parts = await histories(skipping, handle)
        memo = await (await handle.describe()).memo()
    lengths = [len(part.events) for part in parts]
    assert len(parts) == 51
    assert max(lengths) < 600
    assert max(len(part.to_json()) for part in parts) < 2_000_000
    assert memo["progress"]["done"] == 100_000
    assert memo["actor"] == "operator"
    await Replayer(workflows=WORKFLOWS).replay_workflow(parts[0])
    await Replayer(workflows=WORKFLOWS).replay_workflow(parts[-1])


async def test_a_dry_run_ends_after_its_sample(skipping: WorkflowEnvironment) -> None:
    fleet = Fleet(100)
    async with at_work(skipping, fleet) as desk:
        result = await (await desk.start(dry_run=True, sample=33, canary=5)).result()
    assert (result.done, result.total, result.state) == (33, 33, CampaignState.SAMPLED)
    assert [(c.what, c.before, c.after, c.count) for c in result.changes] == [
        ("verdict", "pass", "fail", 33)
    ]
    assert fleet.closed[0].progress == result


async def test_a_canary_waits_for_approval(skipping: WorkflowEnvironment) -> None:
    fleet = Fleet(100)
    async with at_work(skipping, fleet) as desk:
        handle = await desk.start(canary=12)
        await desk.waits()
        assert len(fleet.computed) == 12
        assert (await desk.progress()).changes[0].count == 12
        with pytest.raises(CampaignError, match="under way"):
            await desk.start()
        await desk.tell(reprocess.APPROVE)
        result = await handle.result()
        with pytest.raises(CampaignError, match="no campaign under way"):
            await desk.tell(reprocess.APPROVE)
    assert (result.done, result.approved_by, result.state) == (100, "ann", CampaignState.COMPUTED)


async def test_a_refused_canary_ends_there(skipping: WorkflowEnvironment) -> None:
    fleet = Fleet(100)
    async with at_work(skipping, fleet) as desk:
        handle = await desk.start(canary=12)
        await desk.waits()
        await desk.tell(reprocess.CANCEL)
        result = await handle.result()
    assert (result.done, result.cancelled_by, result.state) == (12, "ann", CampaignState.CANCELLED)


async def test_pause_and_resume_and_what_makes_no_sense(skipping: WorkflowEnvironment) -> None:
    fleet = Fleet(100, held=asyncio.Event())
    assert fleet.held is not None
    async with at_work(skipping, fleet) as desk:
        handle = await desk.start()
        await eventually(lambda: fleet.batches == SMALL.lanes)
        for senseless in (reprocess.RESUME, reprocess.APPROVE):
            with pytest.raises(CampaignError, match="not"):
                await desk.tell(senseless)
        await desk.tell(reprocess.PAUSE)
        with pytest.raises(CampaignError, match="not running"):
            await desk.tell(reprocess.PAUSE)
        fleet.held.set()

        async def under_way_is_done() -> bool:
            return (await desk.progress()).done == SMALL.lanes * SMALL.batch

        await eventually(under_way_is_done)
        assert (await desk.progress()).paused
        assert fleet.batches == SMALL.lanes
        await handle.signal(reprocess.RESUME, ANN)
        assert (await handle.result()).done == fleet.computed.total() == 100


@pytest.mark.parametrize("how", ["ours", "Temporal's"])
async def test_a_cancelled_campaign_keeps_what_it_has(
    skipping: WorkflowEnvironment, how: str
) -> None:
    fleet = Fleet(100, held=asyncio.Event())
    assert fleet.held is not None
    async with at_work(skipping, fleet) as desk:
        handle = await desk.start()
        await eventually(lambda: fleet.batches == SMALL.lanes)
        if how == "ours":
            await desk.tell(reprocess.CANCEL)
            fleet.held.set()
        else:
            await handle.cancel()
        result = await handle.result()
        fleet.held.set()
    assert result.state == CampaignState.CANCELLED
    assert result.cancelled_by == ("ann" if how == "ours" else "Temporal")
    assert fleet.batches == SMALL.lanes
    assert fleet.closed[0].state == CampaignState.CANCELLED


async def test_a_bug_pauses_it_and_nothing_is_left_out(skipping: WorkflowEnvironment) -> None:
    broken = [True]

    def fault(batch: int) -> None:
        if broken and batch > 3:
            raise ZeroDivisionError("oops")

    fleet = Fleet(100, fault)
    async with at_work(skipping, fleet) as desk:
        handle = await desk.start()

        async def paused() -> bool:
            return (await desk.progress()).paused

        await eventually(paused, seconds=60)
        assert "oops" in (await desk.progress()).trouble
        broken.clear()
        await desk.tell(reprocess.RESUME)
        await handle.result()
    assert len(fleet.computed) == fleet.computed.total() == 100


async def test_a_long_switch_continues_as_new(skipping: WorkflowEnvironment) -> None:
    fleet = Fleet(1050)
    async with at_work(skipping, fleet) as desk:
        task = TurnTask(str(uuid4()), desk.org, "switch", batch=5)
        handle = await desk.runs.turn(task)
        result = await handle.result()
        parts = await histories(skipping, handle)
    assert (result.done, result.state, len(parts)) == (1050, CampaignState.SWITCHED, 3)
    assert [turn.after for turn in fleet.turns][:2] == [None, "00000004"]
    assert max(len(part.events) for part in parts) < 1000


_RECORDED = Path(__file__).parent / "histories" / "reprocess"
HISTORIES = {path.stem: path.read_text() for path in sorted(_RECORDED.glob("*.json"))}


@pytest.mark.parametrize("recorded", HISTORIES)
async def test_recorded_runs_go_on_with_the_code_of_today(recorded: str) -> None:
    history = WorkflowHistory.from_json(recorded, HISTORIES[recorded])
    await Replayer(workflows=WORKFLOWS).replay_workflow(history)


def test_both_workflows_have_a_recorded_run() -> None:
    assert {name.partition("-")[0] for name in HISTORIES} == {w.__name__ for w in WORKFLOWS}
