"""Holds promises against the object store, and sees to what is missing.

Calls that block run in threads: the activities that inspect wait for SQL, S3 and Temporal in turn.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog

from activities.promises import Objects, Verdict, judge
from adapters.errors import TransientError
from adapters.housekeeping_ports import Entry, ImageRuns, RunState
from adapters.ports import ObjectStore
from schema.contracts import StepInput
from schema.housekeeping import LedgerCounts, LedgerRules
from schema.keys import campaign_of
from schema.origin import Origin

_log = structlog.get_logger("ledger")

AT_ONCE = 8
"""Calls to S3 or Temporal at the same time, in one activity."""

Result = TypeVar("Result")
Judged = Mapping[Verdict, Sequence[Entry]]


class Inspector:
    """Looks at promises session by session: one listing tells of all of a session's objects."""

    def __init__(self, store: ObjectStore, runs: ImageRuns) -> None:
        self._store = store
        self._runs = runs

    async def judge(self, entries: Sequence[Entry], rules: LedgerRules) -> Judged:
        """Sort promises by what is to be done about them."""
        by_folder: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_folder[entry.image.storage_key.rpartition("/")[0] + "/"].append(entry)
        judged: dict[Verdict, list[Entry]] = {verdict: [] for verdict in Verdict}
        for folder, those in by_folder.items():
            objects = await asyncio.to_thread(self._store.stored, folder)
            for entry in those:
                verdict = judge(entry, objects, datetime.now(UTC), rules)
                judged[verdict].append(_dated(entry, objects))
        return judged

    async def process(self, entries: Sequence[Entry], rules: LedgerRules) -> Mapping[RunState, int]:
        """See that each has a workflow; how many had one, and how many were started."""
        ended_before = datetime.now(UTC) - timedelta(seconds=rules.grace_seconds)

        async def one(entry: Entry) -> RunState:
            image = entry.image
            if not entry.arrived:
                tags = await asyncio.to_thread(self._store.tags, image.storage_key)
                image = replace(image, request_id=Origin.of_tags(tags).request_id)
            return await self._runs.ensure(image, ended_before)

        return Counter(await _few_at_once(one, entries))

    async def repair(self, entries: Sequence[Entry]) -> None:
        """Have the thumbnails of each made again."""
        await _few_at_once(
            lambda entry: self._runs.repair(
                StepInput(entry.image, entry.file, campaign_of(entry.thumbnails[0]))
            ),
            entries,
        )


async def unless_troubled(org_id: UUID, work: Awaitable[LedgerCounts]) -> LedgerCounts:
    """One organization that meets a bug must not keep the others from being looked at.

    Raises:
        TransientError: trouble that all of them would meet, and that passes.
    """
    try:
        return await work
    except TransientError:
        raise
    except Exception:
        _log.exception("an organization is passed over", org_id=str(org_id))
        return LedgerCounts(troubled=1)


async def _few_at_once(
    call: Callable[[Entry], Awaitable[Result]], entries: Sequence[Entry]
) -> list[Result]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(entry: Entry) -> Result:
        async with places:
            return await call(entry)

    return await asyncio.gather(*(one(entry) for entry in entries))


def _dated(entry: Entry, objects: Objects) -> Entry:
    """With the time at which S3 stored it, as the bridge knows it from the event."""
    found = objects.get(entry.image.storage_key)
    if found is None:
        return entry
    return replace(entry, image=replace(entry.image, uploaded_at=found.stored_at.isoformat()))
