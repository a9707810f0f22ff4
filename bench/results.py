"""The figures of a benchmark: printed as a table, kept in build/results/bench.json."""

import json
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path("build/results/bench.json")


@dataclass(frozen=True)
class Figure:
    """One measured number. `goal` reads "<= 1.6" or ">= 8"; None for what is only told."""

    name: str
    value: float
    unit: str
    goal: str | None = None

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        comparison, limit = self.goal.split()
        return self.value <= float(limit) if comparison == "<=" else self.value >= float(limit)

    def to_json(self) -> dict[str, object]:
        """{"name", "value", "unit", "goal", "met"}, the last two null without a goal."""
        value = round(self.value, 4)
        return {
            "name": self.name, "value": value, "unit": self.unit,
            "goal": self.goal, "met": self.met,
        }  # fmt: skip


def keep(figures: list[Figure], path: Path = RESULTS) -> None:
    """Replace the figures of the same benchmark (what is before the first dot), leave others."""
    rooms = {figure.name.split(".")[0] for figure in figures}
    known = json.loads(path.read_text()) if path.exists() else []
    others = [entry for entry in known if entry["name"].split(".")[0] not in rooms]
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [*others, *(figure.to_json() for figure in figures)]
    path.write_text(json.dumps(entries, indent=2) + "\n")


def print_table(figures: list[Figure]) -> None:
    """Name, value, unit, goal and whether it is met."""
    words = {None: "", True: "met", False: "NOT MET"}
    print(f"\n{'figure':38}{'value':>10} {'unit':8}{'goal':>9}")
    for figure in figures:
        print(
            f"{figure.name:38}{figure.value:10.2f} {figure.unit:8}{figure.goal or '':>9}"
            f"  {words[figure.met]}"
        )
    print(f"written to {RESULTS}")
