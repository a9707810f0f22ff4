"""Beside the steps: what an operator did to an image, into the audit trail."""

import asyncio
from dataclasses import replace

from temporalio import activity

from adapters.ports import AuditTrail, Author, Histories
from schema.contracts import NOTE, Decision, Intervention


class Note:
    """Writes interventions, with what Temporal knows of who was there."""

    def __init__(self, trail: AuditTrail, histories: Histories) -> None:
        self._trail = trail
        self._histories = histories

    @activity.defn(name=NOTE)
    async def note(self, intervention: Intervention) -> None:
        """Write what an operator did into the audit trail, once."""
        run = activity.info()
        assert run.workflow_id is not None, "no workflow, no operator"
        assert run.workflow_run_id is not None, "no workflow, no operator"
        action = intervention.action
        author = await self._histories.author(run.workflow_id, run.workflow_run_id, action)
        if author is not None:
            intervention = replace(intervention, decision=_told(intervention.decision, author))
        identity = author.identity if author else ""
        await asyncio.to_thread(self._trail.note, intervention, identity)


def _told(decision: Decision, author: Author) -> Decision:
    """A reset carries no decision of ours, but a reason in Temporal's words."""
    return replace(decision, reason=decision.reason or author.reason)
