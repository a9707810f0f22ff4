"""How much more two processes on two cores get done than one."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.steps import work
from imaging.derive import configure

_IMAGES = 12
_QUIET = 0.05  # others' share of the cores up to which the clock can be believed


@dataclass(frozen=True)
class Speedup:
    """Throughput of two processes over that of one.

    `clock` by elapsed time. `cpu` by how much CPU time an image takes more when there is another
    at work, which is the same on an otherwise idle machine, as the processes wait for nothing, and
    holds on a busy one. `others` is the share of the cores that other programs took meanwhile.
    """

    clock: float
    cpu: float
    others: float

    @property
    def value(self) -> float:
        return self.clock if self.others <= _QUIET else self.cpu


def measure(path: Path, rounds: int) -> Speedup:
    """Rounds of one process and two processes in turn, each process with the same images."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context, initializer=configure) as pool:
        _at_once(pool, path, 2)
        before, start, own = _busy_s(), time.perf_counter(), 0.0
        clock, cpu = [], []
        for _ in range(rounds):
            alone_s, alone_cpu = _at_once(pool, path, 1)
            both_s, both_cpu = _at_once(pool, path, 2)
            own += alone_cpu + 2 * both_cpu
            clock.append(2 * alone_s / both_s)
            cpu.append(2 * alone_cpu / both_cpu)
        elapsed = time.perf_counter() - start
    others = (_busy_s() - before - own) / (elapsed * multiprocessing.cpu_count())
    return Speedup(median(clock), median(cpu), max(0.0, others))


def _at_once(pool: ProcessPoolExecutor, path: Path, count: int) -> tuple[float, float]:
    """Elapsed seconds, and CPU seconds of each process."""
    start = time.perf_counter()
    tasks = [pool.submit(_batch, path) for _ in range(count)]
    spent = [task.result() for task in tasks]
    return time.perf_counter() - start, sum(spent) / count


def _batch(path: Path) -> float:
    data = path.read_bytes()
    start = time.process_time()
    for _ in range(_IMAGES):
        work(data)
    return time.process_time() - start


def _busy_s() -> float:
    """Seconds that all cores together were not idle since the machine started."""
    user, nice, system, _, _, *rest = Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    return sum(map(int, (user, nice, system, *rest[:2]))) / 100
