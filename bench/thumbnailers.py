"""Other programs that make the three thumbnails, each set up for as little CPU as it can do with.

Each gets a batch of copies of one photo with one thread, a hint to let its JPEG decoder shrink, and
makes the small sizes from the large one; sharp also in the way that its documentation shows. They
are programs, so their CPU time is that of child processes; what starting them costs is measured
with a tiny picture and taken off.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from PIL import Image

from bench.inputs import SCRATCH
from bench.timing import children_ms

_BATCH = 8
_SHARP = SCRATCH / "sharp"
_ONE_THREAD = {"VIPS_CONCURRENCY": "1", "MAGICK_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}
_SHARP_CHAINED = """
const sharp = require("sharp");
sharp.concurrency(1); sharp.cache(false);
(async () => { for (const file of process.argv.slice(1)) {
  const { data, info } = await sharp(file).autoOrient().resize(1200, 1200).raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  for (const size of [1200, 600, 150])
    await sharp(data, { raw }).resize(size, size).jpeg({ quality: 85 })
      .toFile(`${file}.${size}.jpeg`);
} })();
"""
_SHARP_DOCUMENTED = """
const sharp = require("sharp");
sharp.concurrency(1); sharp.cache(false);
(async () => { for (const file of process.argv.slice(1)) {
  const pipeline = sharp(file).autoOrient();
  await Promise.all([1200, 600, 150].map((size) => pipeline.clone().resize(size, size)
    .jpeg({ quality: 85 }).toFile(`${file}.${size}.jpeg`)));
} })();
"""

INSTALL = {
    "vipsthumbnail": "apt-get install libvips-tools",
    "ImageMagick": "apt-get install imagemagick",
    "sharp": f"npm install --prefix {_SHARP} sharp",
    "sharp as documented": f"npm install --prefix {_SHARP} sharp",
}


@dataclass(frozen=True)
class Measured:
    """CPU milliseconds for one photo, and (not in it) for starting its processes."""

    ms: float
    start_ms: float


def installed() -> dict[str, Callable[[list[Path]], None]]:
    """The programs that are here, by name: each makes the thumbnails of some files."""
    found: dict[str, Callable[[list[Path]], None]] = {}
    if shutil.which("vipsthumbnail"):
        found["vipsthumbnail"] = _vipsthumbnail
    if magick := _magick():
        found["ImageMagick"] = partial(_imagemagick, magick)
    if shutil.which("node") and (_SHARP / "node_modules/sharp").exists():
        found["sharp"] = partial(_sharp, _SHARP_CHAINED)
        found["sharp as documented"] = partial(_sharp, _SHARP_DOCUMENTED)
    return found


def measure(photo: Path, rounds: int) -> dict[str, Measured]:
    """Medians over rounds that take each program in turn."""
    folder = SCRATCH / "thumbnailers"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    copies = [Path(shutil.copy(photo, folder / f"{n}.jpg")) for n in range(_BATCH)]
    tiny = folder / "tiny.jpg"
    Image.new("RGB", (16, 16), "grey").save(tiny)
    programs = installed()
    spent: dict[str, list[Measured]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            start, batch = _cpu(program, [tiny]), _cpu(program, copies)
            starts = _BATCH if name == "ImageMagick" else 1  # a process for each file
            spent[name].append(Measured((batch - starts * start) / _BATCH, start))
    return {name: _median(found) for name, found in spent.items()}


def _median(found: Iterable[Measured]) -> Measured:
    found = list(found)
    return Measured(median(m.ms for m in found), median(m.start_ms for m in found))


def _cpu(program: Callable[[list[Path]], None], files: list[Path]) -> float:
    before = children_ms()
    program(files)
    return children_ms() - before


def _run(*command: str) -> None:
    environment = {**os.environ, **_ONE_THREAD}
    subprocess.run(command, check=True, capture_output=True, env=environment)


def _vipsthumbnail(files: list[Path]) -> None:
    names = [str(file) for file in files]
    _run("vipsthumbnail", *names, *_vips_options(1200))
    large = [f"{file.with_suffix('')}_1200.jpeg" for file in files]
    for size in (600, 150):
        _run("vipsthumbnail", *large, *_vips_options(size))


def _vips_options(size: int) -> list[str]:
    return ["-s", f"{size}x{size}", "--smartcrop", "centre", "-o", f"%s_{size}.jpeg[Q=85,strip]"]


def _imagemagick(magick: str, files: list[Path]) -> None:
    for file in files:
        _run(
            magick, "-define", "jpeg:size=2400x2400", str(file), "-auto-orient",
            "-thumbnail", "1200x1200^", "-gravity", "center", "-extent", "1200x1200",
            "-quality", "85", "-write", f"{file}.1200.jpeg", "-resize", "600x600",
            "-write", f"{file}.600.jpeg", "-resize", "150x150", f"{file}.150.jpeg",
        )  # fmt: skip


def _magick() -> str | None:
    for name in ("magick", "convert-im6", "convert"):
        path = shutil.which(name)
        if (
            path
            and b"ImageMagick " in subprocess.run([path, "-version"], capture_output=True).stdout
        ):
            return path
    return None


def _sharp(script: str, files: list[Path]) -> None:
    environment = {**os.environ, "NODE_PATH": str((_SHARP / "node_modules").resolve())}
    names = [str(file) for file in files]
    command = ["node", "-e", script, *names]
    subprocess.run(command, check=True, capture_output=True, env=environment)
