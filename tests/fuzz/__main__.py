"""Mutate, run, watch: `make fuzz`, or `python -m tests.fuzz SECONDS [SEED]`.

Every file runs in a child process with limits, so a crash, a hang or a flood of memory is a find
like any other. A mutant that took a new way through imaging/ is kept and mutated further.
"""

import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

from adapters.isolation.calls import IsolatedCalls
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import seeds
from tests.fuzz.target import Report, examine, prepare

FINDS = Path(__file__).parents[2] / "build/fuzz"
SECONDS_EACH = 20.0
MEMORY = 500 * 2**20
_LARGEST = 400_000
_LARGEST_CORPUS = 4000


@dataclass
class Campaign:
    """The corpus, the ways known, and what was found; shared by the threads."""

    corpus: list[bytes]
    runs: int = 0
    slowest: float = 0.0
    ways: set[tuple[str, int, int]] = field(default_factory=set)
    endings: Counter[str] = field(default_factory=Counter)
    finds: Counter[str] = field(default_factory=Counter)

    def learn(self, data: bytes, report: Report, seconds: float) -> None:
        """Note how a file ended; keep it if it went new ways."""
        self.runs += 1
        self.slowest = max(self.slowest, seconds)
        self.endings[report.ending] += 1
        if report.ways - self.ways:
            self.ways |= report.ways
            if len(self.corpus) < _LARGEST_CORPUS:
                self.corpus.append(data)

    def find(self, data: bytes, error: Exception) -> None:
        """Save what broke; of each kind only the first few."""
        self.runs += 1
        kind = _kind(error)
        self.finds[kind] += 1
        if self.finds[kind] > 5:
            return
        FINDS.mkdir(parents=True, exist_ok=True)
        path = FINDS / f"{type(error).__name__}-{sha256(data).hexdigest()[:12]}"
        path.write_bytes(data)
        path.with_suffix(".txt").write_text("\n".join([repr(error), *_notes(error)]))
        print(f"FOUND {kind}: {path}", flush=True)


def _notes(error: Exception) -> list[str]:
    return list(getattr(error, "__notes__", []))


def _kind(error: Exception) -> str:
    """The error and the last place in our code that it went through."""
    lines = [line.strip() for note in _notes(error) for line in note.splitlines()]
    places = [line for line in lines if line.startswith("File ") and "site-packages" not in line]
    return f"{type(error).__name__} {places[-1].rpartition('/')[2] if places else error}"


def _mutate_until(
    deadline: float, campaign: Campaign, run: "IsolatedCalls[Report]", random: Random
) -> None:
    while time.monotonic() < deadline:
        pick = random.choice(campaign.corpus)
        data = mutated(random, pick, random.choice(campaign.corpus))[:_LARGEST]
        _one(campaign, run, data)


def _one(campaign: Campaign, run: "IsolatedCalls[Report]", data: bytes) -> None:
    start = time.monotonic()
    try:
        report = run(data)
    except Exception as error:
        campaign.find(data, error)
    else:
        campaign.learn(data, report, time.monotonic() - start)


def _report(campaign: Campaign, start: float) -> None:
    seconds = time.monotonic() - start
    print(
        f"{seconds:5.0f} s: {campaign.runs} files, {campaign.runs / seconds:.0f} /s, corpus "
        f"{len(campaign.corpus)}, ways {len(campaign.ways)}, slowest {campaign.slowest:.1f} s, "
        f"finds {dict(campaign.finds)}",
        flush=True,
    )


def main(seconds: int, seed: int) -> int:
    """Run for so long; exit code 1 when anything was found."""
    cores = os.cpu_count() or 1
    run = IsolatedCalls(
        examine, processes=cores, seconds=SECONDS_EACH, memory_bytes=MEMORY, prepare=prepare
    )
    campaign = Campaign(seeds())
    print(f"seed {seed}, {len(campaign.corpus)} seed files, {cores} processes", flush=True)
    start = time.monotonic()
    with ThreadPoolExecutor(cores) as threads:
        for data in tuple(campaign.corpus):
            _one(campaign, run, data)
        running = [
            threads.submit(_mutate_until, start + seconds, campaign, run, Random(f"{seed} {n}"))
            for n in range(cores)
        ]
        while time.monotonic() < start + seconds:
            time.sleep(min(30.0, max(0.1, start + seconds - time.monotonic())))
            _report(campaign, start)
        for future in running:
            future.result()
    run.close()
    print(f"endings {dict(campaign.endings.most_common())}")
    return 1 if campaign.finds else 0


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*given, *(1200, int(time.time()))[len(given) :]))
