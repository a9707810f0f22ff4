"""Small files, short functions: figures of the house, measured on the tree."""

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
ROOMS = (
    "activities", "adapters", "api", "bench", "bridge", "chaos", "cli", "client", "devstack",
    "imaging", "schema", "studio", "workflows", "tests",
)  # fmt: skip
MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 45
MEDIAN_FUNCTION_LINES = 10


def _sources() -> list[Path]:
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    # A migration is the state of a whole schema at one time: written once, it never grows.
    counted = [path for path in found if "versions" not in path.parts]
    return [*counted, ROOT / "settings.py", ROOT / "worker.py", ROOT / "housekeeping.py"]


def _functions(path: Path) -> list[tuple[str, int]]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, kinds) and node.end_lineno is not None
    ]


def test_files_are_small() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _sources()
        if (lines := len(path.read_text().splitlines())) > MAX_FILE_LINES
    }
    assert not long


def test_functions_are_short() -> None:
    sizes = [
        size for path in _sources() if "versions" not in path.parts for size in _functions(path)
    ]
    long = [f"{name}: {lines}" for name, lines in sizes if lines > MAX_FUNCTION_LINES]
    assert not long
    assert median(lines for _, lines in sizes) <= MEDIAN_FUNCTION_LINES
