"""The promise ledger: what was promised against what arrived.

What is done is written down organization by organization, after Temporal has acknowledged it, so an
attempt that breaks off is taken up where it ended.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

import structlog
from temporalio import activity

from activities.inspector import Inspector, Judged, unless_troubled
from activities.promises import Verdict
from adapters.housekeeping_ports import Entry, Ledger, RunState, Settlement, Tenants
from schema.housekeeping import LedgerCounts, LedgerRules, PromiseLook, PromisesChecked

_log = structlog.get_logger("ledger")

PAGE = 50
"""Organizations in one activity."""


class PromiseChecks:
    """Finds lost events, lost uploads and lost workflows among the open promises."""

    def __init__(self, tenants: Tenants, ledger: Ledger, inspector: Inspector) -> None:
        self._tenants = tenants
        self._ledger = ledger
        self._inspector = inspector

    @activity.defn(name="check_promises")
    async def check_promises(self, look: PromiseLook) -> PromisesChecked:
        """Look at the open promises of a page of organizations."""
        after = UUID(look.after) if look.after else None
        page = await asyncio.to_thread(self._tenants.after, after, PAGE)
        counts, more = LedgerCounts(), False
        for org_id in page:
            found = await unless_troubled(org_id, self._settle(org_id, look.rules))
            counts += found
            more = more or found.looked_at == look.rules.batch
        return PromisesChecked(counts, str(page[-1]) if len(page) == PAGE else None, more)

    async def _settle(self, org_id: UUID, rules: LedgerRules) -> LedgerCounts:
        due = await asyncio.to_thread(self._ledger.due, org_id, rules.grace_seconds, rules.batch)
        if not due:
            return LedgerCounts()
        judged = await self._inspector.judge(due, rules)
        runs = await self._inspector.process(judged[Verdict.PROCESS], rules)
        await self._inspector.repair(judged[Verdict.REPAIR])
        settlement = _settlement(judged)
        lost = await asyncio.to_thread(self._ledger.settle, org_id, settlement, rules.grace_seconds)
        counts = LedgerCounts(
            looked_at=len(due),
            kept=len(judged[Verdict.KEPT]),
            waiting=len(judged[Verdict.WAIT]) + runs.get(RunState.RUNNING, 0),
            started=runs.get(RunState.STARTED, 0),
            restarted=runs.get(RunState.RESTARTED, 0),
            lost=lost,
            repairs=len(judged[Verdict.REPAIR]),
            beyond_repair=len(judged[Verdict.BEYOND_REPAIR]),
        )
        if counts.kept + counts.waiting < counts.looked_at:
            _log.warning("promises were not kept", org_id=str(org_id), **asdict(counts))
        return counts


def _settlement(judged: Judged) -> Settlement:
    return Settlement(
        closed=_ids(judged[Verdict.KEPT], judged[Verdict.BEYOND_REPAIR]),
        # Those that were seen to are looked at again: until they are kept.
        waiting=_ids(judged[Verdict.WAIT], judged[Verdict.PROCESS], judged[Verdict.REPAIR]),
        lost=_ids(judged[Verdict.LOST]),
    )


def _ids(*groups: Iterable[Entry]) -> list[UUID]:
    return [UUID(entry.image.upload_id) for group in groups for entry in group]
