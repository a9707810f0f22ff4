"""The arrows between the rooms hold, transitively."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def test_import_contracts_hold() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    result = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def _forbidden(source: str) -> set[str]:
    (contract,) = (c for c in CONFIG["contracts"] if c.get("source_modules") == [source])
    return set(contract["forbidden_modules"])


def _modules(room: str) -> set[str]:
    entries = (ROOT / room).iterdir()
    found = {e for e in entries if e.suffix == ".py" or (e / "__init__.py").exists()}
    return {f"{room}.{e.stem}" for e in found if e.stem != "__init__"}


def test_every_adapter_but_ports_and_errors_is_closed_to_activities() -> None:
    open_to_activities = {"adapters.ports", "adapters.housekeeping_ports", "adapters.errors"}
    assert _modules("adapters") - open_to_activities <= _forbidden("activities")


def test_every_activity_but_the_interface_is_closed_to_workflows() -> None:
    assert _modules("activities") - {"activities.interface"} <= _forbidden("workflows")


def test_every_package_is_under_contract() -> None:
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"bench"}
    assert packages == set(CONFIG["root_packages"])
