"""A worker as `cli run worker` starts it, which also tells the CPU time of its steps.

`python -m bench.e2e_worker FILE`: FILE holds the sum in seconds, as one double.
"""

import mmap
import struct
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

import worker

SUM = struct.Struct("d")
P = ParamSpec("P")
Result = TypeVar("Result")


class _Metered(ThreadPoolExecutor):
    """Adds up what the calls use of their threads' CPU time."""

    sum_file: mmap.mmap
    _lock = threading.Lock()

    def submit(  # the arguments of a call may have any name
        self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[Result]:
        return super().submit(self._metered, fn, args, kwargs)

    def _metered(
        self, call: Callable[..., Result], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> Result:
        before = time.thread_time()
        try:
            return call(*args, **kwargs)
        finally:
            spent = time.thread_time() - before
            with self._lock:
                (known,) = SUM.unpack_from(self.sum_file)
                SUM.pack_into(self.sum_file, 0, known + spent)


def main(path: Path) -> None:
    """Run the worker with metered steps."""
    path.write_bytes(SUM.pack(0.0))
    with path.open("r+b") as file:
        _Metered.sum_file = mmap.mmap(file.fileno(), SUM.size)
    # The one place where the worker makes the threads of its steps.
    setattr(worker, ThreadPoolExecutor.__name__, _Metered)
    worker.main()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
