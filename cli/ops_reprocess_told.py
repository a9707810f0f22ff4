"""A campaign's progress, for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema.reprocess import Change, Progress


def lines(progress: "Progress") -> Iterator[str]:
    """Where it stands, what it waits for, and what would change."""
    yield f"campaign {progress.campaign_id}: {progress.state}"
    yield (
        f"{progress.done} of {progress.total} done, {progress.failed} failed, "
        f"{progress.kept} kept, {progress.rate:.1f} images/s"
    )
    if progress.paused:
        yield f"paused {progress.trouble}".strip()
    if progress.awaiting_approval:
        yield "the canary is done: look at the changes, then approve or cancel"
    if progress.cancelled_by:
        yield f"cancelled by {progress.cancelled_by}"
    yield from map(_change, progress.changes)


def _change(change: "Change") -> str:
    what = f"{change.what:>10}  {change.before} -> {change.after}: {change.count}"
    return f"{what}  e.g. {' '.join(change.examples)}" if change.examples else what
