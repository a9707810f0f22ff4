"""The door: `python -m chaos --seed 7`."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from chaos import report
from chaos.plan import SMALL, Size
from chaos.run import run
from devstack.errors import StackError


def main() -> int:
    """Run once; 0 when the auditor has nothing to complain of."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="repeats a plan")
    parser.add_argument("--small", action="store_true", help="one kill each, 24 frames")
    parser.add_argument("--settle", type=float, default=300.0, help="seconds to wait for verdicts")
    options = parser.parse_args()
    size = SMALL if options.small else Size()
    print(f"seed {options.seed}: {size.images} frames, {size.organizations} organizations")
    try:
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            outcome = asyncio.run(
                run(Path(folder), options.seed, size, settle_seconds=options.settle, say=print)
            )
    except StackError as error:
        print(f"the stack did not come back: {error}", file=sys.stderr)
        return 2
    report.show(outcome.verdict, outcome.faults, outcome.copies)
    report.write(options.seed, outcome.verdict, outcome.faults, outcome.copies)
    print(f"written to {report.RESULTS}")
    return 1 if outcome.verdict.complaints else 0


sys.exit(main())
