"""`python -m bench NAME... [ROUNDS] [--images N]`: benchmarks in turn, by default with 9 rounds."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module

from bench.results import Figure, keep, print_table
from cli.run import MALLOC

# What the worker's decoding processes run under; both libraries read it at start only.
ENVIRONMENTS = {
    "imaging": {**MALLOC, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    "api": {},
    "e2e": {},
}
MIN_ROUNDS = 7
_USAGE = f"python -m bench {'|'.join(ENVIRONMENTS)}... [rounds] [--images N]"


def main(arguments: list[str]) -> None:
    """Each benchmark in a process of its own, under its environment; the figures are written."""
    parser = argparse.ArgumentParser(prog="python -m bench", usage=_USAGE)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--images", type=int, default=240)
    given = parser.parse_args(arguments)
    names = [name for name in given.words if not name.isdecimal()]
    rounds = [number for number in given.words if number.isdecimal()]
    if not names or not set(names) <= ENVIRONMENTS.keys():
        parser.error("which one?")
    if len(names) > 1:
        for name in names:
            command = [sys.executable, "-m", "bench", name, *rounds, f"--images={given.images}"]
            subprocess.run(command, check=True)
        return
    environment = ENVIRONMENTS[names[0]]
    if any(os.environ.get(name) != value for name, value in environment.items()):
        command = [sys.executable, "-m", "bench", *arguments]
        os.execve(sys.executable, command, {**os.environ, **environment})
    many = {"images": given.images} if names[0] == "e2e" else {}
    _measure(names[0], max(MIN_ROUNDS, int(rounds[0])) if rounds else 9, many)


def _measure(name: str, rounds: int, many: Mapping[str, int]) -> None:
    run: Callable[..., list[Figure]] = import_module(f"bench.{name}").run
    figures = run(rounds, **many)
    print_table(figures)
    keep(figures)


if __name__ == "__main__":
    main(sys.argv[1:])
