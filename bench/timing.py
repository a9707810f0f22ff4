"""CPU time of things that are to be compared, in rounds that take each of them in turn."""

import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Timing:
    """CPU milliseconds of every round, of all threads, user and system together."""

    rounds: list[float]

    @property
    def ms(self) -> float:
        """The median."""
        return median(self.rounds)

    @property
    def spread(self) -> float:
        """Half of the distance between the quartiles, in milliseconds."""
        low, _, high = quantiles(self.rounds, n=4)
        return (high - low) / 2


def interleaved(cases: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Timing]:
    """CPU time of each case; the first round is a warm-up and not counted.

    What other processes do in the meantime hits neighbours in a round alike, so ratios of the
    medians hold where the times themselves do not.
    """
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds + 1):
        for name, work in cases.items():
            start = time.process_time()
            work()
            if turn:
                taken[name].append((time.process_time() - start) * 1000)
    return {name: Timing(times) for name, times in taken.items()}


def children_ms() -> float:
    """CPU milliseconds of all child processes that have ended so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


def print_timings(title: str, timings: dict[str, Timing]) -> None:
    """One line a case."""
    print(f"\n{title}: CPU ms, median +- half the distance of the quartiles")
    for name, timing in timings.items():
        print(f"  {name:34}{timing.ms:9.2f} +-{timing.spread:6.2f}")
