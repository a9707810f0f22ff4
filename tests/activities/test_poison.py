"""Photos that kill, block or bloat the decoder: real processes, real store, real database."""

import asyncio
import ctypes
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.failures import FailureClassifier
from adapters.errors import TransientError
from adapters.isolation.calls import IsolatedCalls
from adapters.temporal import search_attributes
from imaging.derive import Derived, configure, derive
from imaging.errors import ImageRejected, RejectCode
from imaging.limits import Limits
from schema import contracts
from schema.contracts import ImageOutcome, ImageRef, StepInput
from schema.enums import ImageStatus
from tests.activities.conftest import Bench, jpeg, noise
from tests.rows import Yard
from tests.workflows.conftest import skipping  # noqa: F401  the fixture
from workflows.process_image import ProcessImage

WORDS = {"segfault": "crashed the decoder", "hang": "took far too long", "hog": "more memory"}


def poisoned_derive(data: bytes, log: Path) -> Derived:
    """`derive`, but a comment inside the file makes the decoding step misbehave."""
    fault = next((name for name in WORDS if b"poison:" + name.encode() in data), None)
    with log.open("a") as file:
        file.write(f"{fault}\n")
    if fault == "segfault":
        ctypes.string_at(0)
    if fault == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            pass
    hoard: list[bytearray] = []
    while fault == "hog":
        hoard.append(bytearray(64 * 2**20))
    return derive(data, Limits())


def poison(fault: str, seed: int) -> bytes:
    return jpeg(noise(seed=seed), comment=f"poison:{fault}".encode())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the decoding processes write each try."""
    return tmp_path / "tries"


Decoder = IsolatedCalls[Derived]


@pytest.fixture
def make_decoder(log: Path) -> Iterator[Callable[[float], Decoder]]:
    """Makes pools of two decoding processes that may take so many seconds; closes them."""
    made: list[Decoder] = []

    def make(seconds: float) -> Decoder:
        work = partial(poisoned_derive, log=log)
        memory = 900 * 2**20
        made.append(
            IsolatedCalls(
                work, processes=2, seconds=seconds, memory_bytes=memory, prepare=configure
            )
        )
        return made[-1]

    yield make
    for decoder in made:
        decoder.close()


@pytest.fixture
def host(make_bench: Callable[..., Bench], make_decoder: Callable[[float], Decoder]) -> Bench:
    """A host whose decoding processes may take some seconds, enough on a busy machine."""
    return make_bench("host", make_decoder(4))


def tries(log: Path) -> dict[str, int]:
    lines = log.read_text().split()
    return {fault: lines.count(fault) for fault in WORDS}


def verdict(ask: Callable[[StepInput], object], step: StepInput) -> ImageRejected:
    with pytest.raises(ImageRejected) as caught:
        ask(step)
    return caught.value


@pytest.mark.parametrize("fault", WORDS)
def test_two_tries_then_a_verdict_that_says_why(
    host: Bench, yard: Yard, log: Path, fault: str
) -> None:
    step = host.arrived(yard, poison(fault, seed=1))
    first = verdict(host.thumbnails, step)
    assert first.code == RejectCode.DECODER_CRASHED
    assert WORDS[fault] in first.message
    # The sibling step knows, and does not try again.
    assert verdict(host.qc, step).args == first.args
    assert tries(log) == {**dict.fromkeys(WORDS, 0), fault: 2}


def test_others_are_finished_while_one_hangs(
    make_bench: Callable[..., Bench],
    make_decoder: Callable[[float], Decoder],
    yard: Yard,
) -> None:
    decoder = make_decoder(600)
    host = make_bench("host", decoder)
    hanging = host.arrived(yard, poison("hang", seed=1))
    good = [host.arrived(yard, jpeg(noise(seed=n)), angle_deg=n) for n in range(10)]
    with ThreadPoolExecutor(4) as threads:
        blocked = threads.submit(host.qc, hanging)
        made = list(threads.map(host.thumbnails, good))
        assert not blocked.done()
        decoder.close()
        assert isinstance(blocked.exception(), TransientError)
    assert [thumbnails.width for thumbnails in made] == [640] * 10


def test_others_are_finished_while_decoders_die_and_afterwards(
    host: Bench, yard: Yard, log: Path
) -> None:
    poisons = [host.arrived(yard, poison(f, seed=n), angle_deg=n) for n, f in enumerate(WORDS)]
    good = [host.arrived(yard, jpeg(noise(seed=n)), angle_deg=n) for n in range(10, 20)]
    with ThreadPoolExecutor(4) as threads:
        harmed = [threads.submit(verdict, host.qc, step) for step in poisons]
        made = list(threads.map(host.thumbnails, good))
        codes = [future.result().code for future in harmed]
    assert codes == [RejectCode.DECODER_CRASHED] * 3
    assert [thumbnails.width for thumbnails in made] == [640] * 10
    assert tries(log) == dict.fromkeys(WORDS, 2)
    assert host.thumbnails(host.arrived(yard, jpeg(noise(seed=99)))).width == 640
    # The template and its two children: what died was reaped.
    assert len(decoding_processes()) <= 3


def decoding_processes() -> list[psutil.Process]:
    family = psutil.Process().children(recursive=True)
    return [p for p in family if any("isolation" in word for word in p.cmdline())]


def worker(environment: WorkflowEnvironment, host: Bench) -> Worker:
    """As `worker.py` builds it, with this host's steps."""
    steps: list[Callable[..., Any]] = [
        host.download, host.exif, host.thumbnails, host.qc, host.dedup, host.record,
    ]  # fmt: skip
    return Worker(
        environment.client,
        task_queue=contracts.TASK_QUEUE,
        workflows=[ProcessImage],
        activities=steps,
        activity_executor=ThreadPoolExecutor(4),
        max_concurrent_activities=4,
        interceptors=[FailureClassifier()],
    )


async def outcome(environment: WorkflowEnvironment, image: ImageRef) -> ImageOutcome:
    """Start ProcessImage and wait for its end."""
    found: ImageOutcome = await environment.client.execute_workflow(
        contracts.PROCESS_IMAGE,
        image,
        id=contracts.workflow_id(image.upload_id),
        task_queue=contracts.TASK_QUEUE,
        search_attributes=search_attributes(image, ImageStatus.PENDING),
        result_type=ImageOutcome,
    )
    return found


async def test_a_worker_records_the_verdict_and_goes_on(
    host: Bench,
    yard: Yard,
    skipping: WorkflowEnvironment,  # noqa: F811
) -> None:
    files = {fault: poison(fault, seed) for seed, fault in enumerate(WORDS)}
    files["none"] = jpeg(noise(seed=9))
    images = [host.upload(yard, data, angle_deg=n) for n, data in enumerate(files.values())]
    async with worker(skipping, host):
        found = await asyncio.gather(*(outcome(skipping, image) for image in images))
        after = await outcome(skipping, host.upload(yard, jpeg(noise(seed=10)), angle_deg=9))
    codes = {name: end.failure and end.failure.code for name, end in zip(files, found, strict=True)}
    assert codes == {**dict.fromkeys(WORDS, "decoder_crashed"), "none": None}
    assert (found[-1].status, after.status) == (ImageStatus.PROCESSED, ImageStatus.PROCESSED)
