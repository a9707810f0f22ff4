"""What came of it, and where to look further."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from devstack.board import Board, Row
from devstack.people import PEOPLE
from devstack.services import metrics_urls
from devstack.stack import Stack


@dataclass(frozen=True)
class Seen:
    """A session and the bearer token of somebody who may see it."""

    session_id: str
    token: str


def percentile(values: list[float], share: float) -> float:
    """The smallest of `values` that at least `share` (0..1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]


def outcome(board: Board, skipped: list[str]) -> list[str]:
    """Times and verdicts, one line each."""
    rows = board.rows
    lines = [f"{sum(row.final for row in rows)} of {len(rows)} frames have a verdict"]
    seconds = [row.seconds for row in rows if row.seconds is not None]
    if seconds:
        p50, p95 = percentile(seconds, 0.5), percentile(seconds, 0.95)
        lines.append(f"upload -> processed: p50 {p50:.1f} s, p95 {p95:.1f} s")
    if (span := _span(rows)) is not None:
        lines.append(f"first upload -> last verdict: {span:.1f} s")
    lines.append(f"status: {_counted(row.status for row in rows)}")
    for check in ("sharpness", "exposure"):
        lines.append(f"{check}: {_counted(row.check(check)[0] for row in rows if row.qc)}")
        lines += [f"  {check} fail at {r.shot.slot}" for r in rows if r.check(check)[0] == "fail"]
    lines.append(f"formats: {_counted(row.shot.content_type for row in rows)}")
    lines += [f"  {r.shot.path.name}: {r.status}: {r.reason}" for r in rows if r.reason]
    if skipped:
        lines.append(f"skipped, not .jpg/.jpeg/.heic/.heif: {', '.join(skipped)}")
    return lines


def addresses(stack: Stack, seen: Seen | None = None) -> list[str]:
    """Where the parts answer; with a session, also where it can be seen."""
    lines = [
        f"portal        {stack.api.url}{_page(seen)}",
        f"API docs      {stack.api.url}/docs",
        f"Temporal UI   {_workflows(stack, seen)}",
    ]
    if seen is not None:
        token = stack.run.data.write_private("reviewer.token", seen.token)
        url = f"{stack.api.url}/sessions/{seen.session_id}"
        lines.append(f"session       {url}")
        lines.append(f'              curl -H "Authorization: Bearer $(cat {token})" {url}')
    lines.append(f"sign-in at    {stack.oidc.issuer}  (no password)")
    lines += [f"  {p.role:<10}  {p.email}  ({p.organization})" for p in PEOPLE]
    urls = metrics_urls(stack.run.ports, stack.pids())
    lines += [f"{use.replace('_', ' '):<21} {url}" for use, url in urls.items()]
    lines.append(f"settings      {stack.run.data.root}/{{api,bridge,worker,owner}}.env")
    lines.append(f"logs          {stack.run.data.root / 'logs'}")
    return lines


def _page(seen: Seen | None) -> str:
    return f"/s/{seen.session_id}" if seen else "/"


def _workflows(stack: Stack, seen: Seen | None) -> str:
    base = f"{stack.temporal.ui_url}/namespaces/default/workflows"
    if seen is None:
        return base
    wanted = f'SessionId="{seen.session_id}"'
    return f"{base}?query={quote(wanted)}"


def _span(rows: list[Row]) -> float | None:
    """Seconds from the first stored upload to the last verdict."""
    timed = [(r.uploaded, r.uploaded + r.seconds) for r in rows if r.uploaded and r.seconds]
    return max(end for _, end in timed) - min(start for start, _ in timed) if timed else None


def _counted(words: Iterable[str]) -> str:
    counts = Counter(words)
    return ", ".join(f"{number} {word}" for word, number in counts.most_common()) or "none"
