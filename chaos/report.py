"""The run's figures, as JSON for machines and as a table for people."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from chaos.audit import Verdict
from chaos.injector import Injected

RESULTS = Path("build/results/chaos.json")
Json = dict[str, Any]


def figures(verdict: Verdict, faults: Sequence[Injected], copies: int) -> list[Json]:
    """As the benchmarks write them: name, value, unit, goal, met."""

    def exact(name: str, value: int, goal: int, unit: str) -> Json:
        return {"name": name, "value": value, "unit": unit, "goal": f"== {goal}",
                "met": value == goal}  # fmt: skip

    def told(name: str, value: float, unit: str) -> Json:
        return {"name": name, "value": round(value, 2), "unit": unit, "goal": None, "met": None}

    slowest = max(faults, key=lambda fault: fault.recovery_seconds)
    return [
        exact("chaos.rows", verdict.rows, verdict.told, "rows"),
        exact("chaos.thumbnails", verdict.thumbnails, 3 * verdict.told, "readable"),
        exact("chaos.workflows", verdict.workflows, verdict.told, "completed runs"),
        exact("chaos.dead_letters", verdict.dead_letters, 0, "messages"),
        exact("chaos.complaints", len(verdict.complaints), 0, "complaints"),
        told("chaos.faults", len(faults), "kills"),
        told("chaos.duplicate_deliveries", copies, "messages"),
        told("chaos.recovery_median", median(f.recovery_seconds for f in faults), "s"),
        told("chaos.recovery_worst", slowest.recovery_seconds, "s"),
    ]


def write(
    seed: int, verdict: Verdict, faults: Sequence[Injected], copies: int, path: Path = RESULTS
) -> None:
    """The figures, and each fault with the time to the next verdict after it."""
    document = {
        "seed": seed,
        "figures": figures(verdict, faults, copies),
        "faults": [_fault(fault, verdict.recorded_at) for fault in faults],
        "complaints": verdict.complaints,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, default=str) + "\n")


def show(verdict: Verdict, faults: Sequence[Injected], copies: int) -> None:
    """Two tables and the complaints."""
    console = Console()
    by_part = Table("part", "kills", "down, s", "start to healthy, s", "kill to next verdict, s")
    for part in sorted({fault.part for fault in faults}):
        own = [fault for fault in faults if fault.part == part]
        waits = [w for f in own if (w := _next_verdict(f, verdict.recorded_at)) is not None]
        by_part.add_row(
            part,
            str(len(own)),
            _spread([f.down_seconds for f in own]),
            _spread([f.recovery_seconds for f in own]),
            _spread(waits) if waits else "none came after",
        )
    console.print(by_part)
    totals = Table("figure", "value", "goal", "")
    for entry in figures(verdict, faults, copies):
        met = {None: "", True: "met", False: "NOT MET"}[entry["met"]]
        value = f"{entry['value']} {entry['unit']}"
        totals.add_row(entry["name"], value, entry["goal"] or "", met)
    console.print(totals)
    for complaint in verdict.complaints:
        console.print(f"- {complaint}", highlight=False)


def _fault(fault: Injected, recorded_at: Sequence[datetime]) -> Json:
    return asdict(fault) | {"next_verdict_seconds": _next_verdict(fault, recorded_at)}


def _next_verdict(fault: Injected, recorded_at: Sequence[datetime]) -> float | None:
    """From the kill to the first row that was written after the part was healthy again."""
    later = [at for at in recorded_at if at >= fault.up_at]
    return (min(later) - fault.killed_at).total_seconds() if later else None


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.1f} (worst {max(values):.1f})"
