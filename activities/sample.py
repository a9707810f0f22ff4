"""A rotating sample of thumbnails: what vanished from S3 later is found and made again."""

import asyncio
from uuid import UUID

from temporalio import activity

from activities.inspector import Inspector, unless_troubled
from activities.promises import Verdict
from adapters.housekeeping_ports import Ledger, Tenants
from schema.housekeeping import LedgerCounts, LedgerReport, LedgerRules, SampleLook, SamplePlace

_ORGANIZATIONS = 50
"""At most so many are passed in one run: most of a rotation's time goes to those with sessions."""

Place = tuple[UUID, UUID | None]


class ThumbnailSample:
    """Goes over all sessions, a few in each run, in the order of organization and id."""

    def __init__(self, tenants: Tenants, ledger: Ledger, inspector: Inspector) -> None:
        self._tenants = tenants
        self._ledger = ledger
        self._inspector = inspector

    @activity.defn(name="sample_thumbnails")
    async def sample_thumbnails(self, look: SampleLook) -> LedgerReport:
        """Check the next sessions; their counts, and where the next run goes on."""
        left, counts, place = look.rules.sample, LedgerCounts(), await self._begin(look.place)
        for _ in range(_ORGANIZATIONS):
            if left <= 0 or place is None:
                break
            org_id, after = place
            sessions = await asyncio.to_thread(self._ledger.sessions_after, org_id, after, left)
            check = self._check(org_id, sessions, look.rules)
            counts += await unless_troubled(org_id, check)
            left -= len(sessions)
            place = (org_id, sessions[-1]) if left <= 0 else await self._next(org_id)
        return LedgerReport(counts, _written(place))

    async def _check(
        self, org_id: UUID, session_ids: list[UUID], rules: LedgerRules
    ) -> LedgerCounts:
        if not session_ids:
            return LedgerCounts()
        shown = await asyncio.to_thread(self._ledger.shown, org_id, session_ids)
        judged = await self._inspector.judge(shown, rules)
        await self._inspector.repair(judged[Verdict.REPAIR])
        return LedgerCounts(
            sampled=len(shown),
            repairs=len(judged[Verdict.REPAIR]),
            beyond_repair=len(judged[Verdict.BEYOND_REPAIR]),
        )

    async def _begin(self, place: SamplePlace) -> Place | None:
        if place.org_id is None:
            return await self._next(None)
        return UUID(place.org_id), UUID(place.session_id) if place.session_id else None

    async def _next(self, org_id: UUID | None) -> Place | None:
        found = await asyncio.to_thread(self._tenants.after, org_id, 1)
        return (found[0], None) if found else None


def _written(place: Place | None) -> SamplePlace:
    if place is None:
        return SamplePlace()
    org_id, session_id = place
    return SamplePlace(str(org_id), str(session_id) if session_id else None)
