"""The scrape configuration and the alert rules, judged by Prometheus' own tool."""

import shutil
import subprocess
from pathlib import Path

import pytest

DIRECTORY = Path(__file__).parents[2] / "deploy" / "prometheus"
PROMTOOL = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="Debian's package `prometheus` is not installed")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "alerts.yml"),
        # Which alerts fire, and what they say, for series that were made up.
        ("test", "rules", "alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_agrees(arguments: tuple[str, ...]) -> None:
    run = subprocess.run(
        [str(PROMTOOL), *arguments], cwd=DIRECTORY, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
