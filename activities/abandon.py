"""Sessions that somebody forgot to end."""

import asyncio
from uuid import UUID

from temporalio import activity

from adapters.housekeeping_ports import SilentSessions, Tenants
from schema.housekeeping import Abandoned, AbandonTask

PAGE = 50


class AbandonSilent:
    """Abandons active sessions that gave no sign of life for long."""

    def __init__(self, tenants: Tenants, sessions: SilentSessions) -> None:
        self._tenants = tenants
        self._sessions = sessions

    @activity.defn(name="abandon_silent")
    async def abandon_silent(self, task: AbandonTask) -> Abandoned:
        """Go through a page of organizations, a batch of sessions in each."""
        after = UUID(task.after) if task.after else None
        page = await asyncio.to_thread(self._tenants.after, after, PAGE)
        done = [
            await asyncio.to_thread(
                self._sessions.abandon, org_id, task.silence_seconds, task.batch
            )
            for org_id in page
        ]
        return Abandoned(sum(done), str(page[-1]) if len(page) == PAGE else None)
