"""The sample spin: which frames it has, where they are cached, and rendering what is missing."""

import ctypes
import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import cv2

from studio.encode import JPEG_QUALITY, write_frame
from studio.exif import frame_exif
from studio.render import Look, render
from studio.scene import Scene, build_scene
from studio.stage import Stage

GENERATOR_VERSION = 1
"""Raise it with every change of the pixels or the metadata: it is part of the cache key."""
BLURRED_ANGLE = 120
OVEREXPOSED_ANGLE = 240
HEIC_ANGLE = 60

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Frame:
    """One photograph of the spin; 0 degrees shows the nose, 90 the right side, 180 the tail."""

    angle_deg: int
    path: Path
    content_type: str


@dataclass(frozen=True)
class _Job:
    """What a worker needs to know to take one frame."""

    path: Path
    angle_deg: int
    index: int
    seed: int
    width: int
    height: int


def sample_spin(
    cache_dir: Path,
    *,
    seed: int = 360,
    frames: int = 24,
    width: int = 4032,
    height: int = 3024,
    progress: Progress | None = None,
    processes: int | None = None,
) -> list[Frame]:
    """The spin's frames by angle, rendering those that `cache_dir` lacks.

    The same arguments give the same bytes, whatever `processes` is (default: the CPUs there are).
    `progress` gets frames done and frames in all. With more than one process the workers are
    spawned, so a script that calls this needs the usual `if __name__ == "__main__"` guard.
    Raises ValueError when `frames` does not divide 360, OSError when the cache is not writable.
    """
    if frames < 1 or 360 % frames:
        raise ValueError(f"frames must divide 360, not {frames}")
    folder = cache_dir / _key(seed, frames, width, height)
    folder.mkdir(parents=True, exist_ok=True)
    spin = [_frame(folder, index * (360 // frames)) for index in range(frames)]
    jobs = [
        _Job(frame.path, frame.angle_deg, index, seed, width, height)
        for index, frame in enumerate(spin)
        if not frame.path.exists()
    ]
    _render_all(jobs, frames, progress or _silent, processes)
    return spin


def _silent(done: int, total: int) -> None:
    """Report nothing."""


def _key(*parameters: int) -> str:
    text = ":".join(str(p) for p in (GENERATOR_VERSION, *parameters))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _frame(folder: Path, angle_deg: int) -> Frame:
    heic = angle_deg == HEIC_ANGLE
    name = f"frame_{angle_deg:03d}.{'heic' if heic else 'jpg'}"
    return Frame(angle_deg, folder / name, "image/heic" if heic else "image/jpeg")


def _render_all(jobs: list[_Job], total: int, progress: Progress, processes: int | None) -> None:
    done = total - len(jobs)
    progress(done, total)
    workers = min(processes or len(os.sched_getaffinity(0)), len(jobs))
    for finished, _ in enumerate(_finished(jobs, workers), done + 1):
        progress(finished, total)


def _finished(jobs: list[_Job], workers: int) -> Iterator[None]:
    """Take the frames, yielding after each."""
    if workers <= 1:
        for job in jobs:
            with _one_thread():
                _take(job)
            yield
        return
    # HEIC takes longest to encode, so it goes first and does not hold up the end.
    ordered = sorted(jobs, key=lambda job: job.angle_deg != HEIC_ANGLE)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare_worker) as pool:
        futures = [pool.submit(_take, job) for job in ordered]
        try:
            for future in as_completed(futures):
                future.result()
                yield
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def _one_thread() -> Iterator[None]:
    """OpenCV on one thread, as in a worker, and as before afterwards."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _prepare_worker() -> None:
    """One thread per process, and freed picture buffers kept for the next frame.

    glibc gives large blocks back at once, and the kernel clears them anew: 15 % of a frame.
    """
    cv2.setNumThreads(1)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        trim_threshold, mmap_threshold = -1, -3
        mallopt(mmap_threshold, 1 << 30)
        mallopt(trim_threshold, (1 << 31) - 1)


@lru_cache(maxsize=1)
def _scene() -> Scene:
    return build_scene()


@lru_cache(maxsize=1)
def _stage(width: int, height: int, seed: int) -> Stage:
    return Stage(width, height, seed)


def _take(job: _Job) -> None:
    """Render one frame and write it."""
    look, quality, exposure = Look(), JPEG_QUALITY, Fraction(1, 125)
    if job.angle_deg == OVEREXPOSED_ANGLE:
        look, exposure = Look(exposure=4.2), Fraction(1, 30)
    if job.angle_deg == BLURRED_ANGLE:
        # Nothing but sensor noise is left to compress; at the usual quality it would vanish.
        look, quality = Look(defocus=13.0), 97
    stage = _stage(job.width, job.height, job.seed)
    pixels = render(_scene(), stage, job.angle_deg, look, job.seed)
    exif = frame_exif(
        seed=job.seed,
        index=job.index,
        width=job.width,
        height=job.height,
        iso=100,
        exposure=exposure,
    )
    write_frame(job.path, pixels, exif, quality)
