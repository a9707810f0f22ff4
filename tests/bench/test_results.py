"""What a benchmark leaves for machines."""

import json
from pathlib import Path

from bench.results import Figure, keep


def test_goals_are_compared_in_their_direction() -> None:
    assert Figure("a.b", 1.6, "x", "<= 1.6").met is True
    assert Figure("a.b", 7.9, "x", ">= 8").met is False
    assert Figure("a.b", 7.9, "ms").met is None


def test_a_benchmark_replaces_its_own_figures_only(tmp_path: Path) -> None:
    path = tmp_path / "results/bench.json"
    keep([Figure("api.p95", 20, "ms"), Figure("api.p50", 5, "ms")], path)
    keep([Figure("imaging.ratio_to_bound", 1.5, "x", "<= 1.6")], path)
    keep([Figure("api.p95", 18, "ms", "<= 50")], path)
    assert json.loads(path.read_text()) == [
        {
            "name": "imaging.ratio_to_bound",
            "value": 1.5,
            "unit": "x",
            "goal": "<= 1.6",
            "met": True,
        },
        {"name": "api.p95", "value": 18, "unit": "ms", "goal": "<= 50", "met": True},
    ]
