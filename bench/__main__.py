"""`python -m bench NAME [ROUNDS]`: run one benchmark, by default with 9 rounds."""

import os
import sys
from collections.abc import Callable
from importlib import import_module

from bench.results import Figure, keep, print_table
from cli.run import MALLOC

NAMES = ("imaging",)
MIN_ROUNDS = 7
# What the worker's decoding processes run under; both libraries read it at start only.
ENVIRONMENT = {**MALLOC, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def main(arguments: list[str]) -> None:
    """Run under the worker's environment, print the table, write the figures."""
    if not arguments or arguments[0] not in NAMES:
        sys.exit(f"usage: python -m bench {'|'.join(NAMES)} [rounds]")
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        command = [sys.executable, "-m", "bench", *arguments]
        os.execve(sys.executable, command, {**os.environ, **ENVIRONMENT})
    rounds = max(MIN_ROUNDS, int(arguments[1])) if len(arguments) > 1 else 9
    run: Callable[[int], list[Figure]] = import_module(f"bench.{arguments[0]}").run
    figures = run(rounds)
    print_table(figures)
    keep(figures)


if __name__ == "__main__":
    main(sys.argv[1:])
