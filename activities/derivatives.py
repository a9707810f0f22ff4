"""What the pixels give, made by one decode and shared by the steps.

Thumbnails, quality numbers and the perceptual hash are a pure function of the bytes and the
limits. The first step that asks pays for the decode; the others take their part from scratch,
or make it again on a miss.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass

from activities.originals import Originals
from adapters.errors import IsolatedCallError, ProcessHungError, ProcessOutOfMemoryError
from adapters.ports import Scratch
from imaging.derive import Derived
from imaging.errors import ImageRejected, RejectCode
from imaging.quality import QualityNumbers
from schema.contracts import StepInput
from schema.keys import THUMBNAIL_SIZES

VERSION = 3
"""Part of the scratch name: raise it when `derive` gives other results for the same bytes."""


@dataclass(frozen=True)
class Measures:
    """The small part of `imaging.derive.Derived`; sizes in pixels, upright."""

    width: int
    height: int
    quality: QualityNumbers
    phash: int
    thumb_px: dict[int, int]


DECODE_TRIES = 2
"""A decoder that dies once may have met a machine in trouble; dying twice is the file's doing."""


class Derivatives:
    """Derives once for each content on this host.

    `derive` raises ImageRejected for a file at fault, and IsolatedCallError when the process that
    decodes died of it, hung or ran out of memory.
    """

    def __init__(
        self,
        originals: Originals,
        scratch: Scratch,
        derive: Callable[[bytes], Derived],
    ) -> None:
        self._originals = originals
        self._scratch = scratch
        self._derive = derive
        self._turns = _Turns()

    def measures(self, step: StepInput) -> Measures:
        """Sizes, quality numbers and hash.

        Raises:
            ImageRejected: the file is at fault.
            TransientError: S3 or the scratch disk is in trouble.
        """
        with self._turns.of(step.file.sha256):
            known = self._scratch.read(_measures_name(step))
            return _decoded(known) if known is not None else self._make(step)[0]

    def thumbnails(self, step: StepInput) -> tuple[Measures, dict[int, bytes]]:
        """The measures, and the JPEG bytes by requested size. Raises as `measures`."""
        with self._turns.of(step.file.sha256):
            known = self._scratch.read(_measures_name(step))
            if known is None:
                return self._make(step)
            measures = _decoded(known)
            found = {n: self._scratch.read(_thumbnail_name(step, n)) for n in THUMBNAIL_SIZES}
            whole = {n: data for n, data in found.items() if data is not None}
            return (measures, whole) if len(whole) == len(found) else self._make(step)

    def _make(self, step: StepInput) -> tuple[Measures, dict[int, bytes]]:
        data = self._originals.read(step)
        try:
            derived = self._decode(data)
        except ImageRejected as verdict:
            rejected = {"rejected": [verdict.code.value, verdict.message]}
            self._scratch.write(_measures_name(step), json.dumps(rejected).encode())
            raise
        return self._keep(step, derived)

    def _decode(self, data: bytes) -> Derived:
        failures: list[IsolatedCallError] = []
        while len(failures) < DECODE_TRIES:
            try:
                return self._derive(data)
            except IsolatedCallError as failure:
                failures.append(failure)
        raise _decoder_crashed(failures[-1]) from failures[-1]

    def _keep(self, step: StepInput, derived: Derived) -> tuple[Measures, dict[int, bytes]]:
        measures = Measures(
            derived.width, derived.height, derived.quality, derived.phash, derived.thumb_px
        )
        for size, data in derived.thumbnails.items():
            self._scratch.write(_thumbnail_name(step, size), data)
        # Written last: whoever finds the measures finds the thumbnails too.
        self._scratch.write(_measures_name(step), json.dumps(asdict(measures)).encode())
        return measures, derived.thumbnails


class _Turns:
    """One lock for each content, kept only while somebody wants it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    def of(self, key: str) -> "_Turn":
        return _Turn(self, key)

    def take(self, key: str) -> None:
        with self._guard:
            lock, users = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, users + 1)
        lock.acquire()

    def give(self, key: str) -> None:
        with self._guard:
            lock, users = self._locks.pop(key)
            if users > 1:
                self._locks[key] = (lock, users - 1)
        lock.release()


@dataclass
class _Turn:
    turns: _Turns
    key: str

    def __enter__(self) -> None:
        self.turns.take(self.key)

    def __exit__(self, *_: object) -> None:
        self.turns.give(self.key)


def _decoder_crashed(failure: IsolatedCallError) -> ImageRejected:
    match failure:
        case ProcessHungError():
            what = "Opening this photo took far too long"
        case ProcessOutOfMemoryError():
            what = "Opening this photo took more memory than one photo may have"
        case _:
            what = "Opening this photo crashed the decoder"
    return ImageRejected(
        RejectCode.DECODER_CRASHED,
        f"{what}, at each of {DECODE_TRIES} tries; take the photo again or save it as an "
        "ordinary JPEG.",
    )


def _decoded(document: bytes) -> Measures:
    values = json.loads(document)
    if "rejected" in values:
        code, message = values["rejected"]
        raise ImageRejected(RejectCode(code), message)
    return Measures(
        width=values["width"],
        height=values["height"],
        quality=QualityNumbers(**values["quality"]),
        phash=values["phash"],
        thumb_px={int(size): side for size, side in values["thumb_px"].items()},
    )


def _measures_name(step: StepInput) -> str:
    return f"{step.file.sha256}.v{VERSION}.json"


def _thumbnail_name(step: StepInput, size: int) -> str:
    return f"{step.file.sha256}.v{VERSION}.{size}.jpg"
