"""Peak memory of one image, in a process of its own; `python -m bench.memory FILE` prints it."""

import subprocess
import sys
from pathlib import Path


def peak_above_idle(path: Path) -> float:
    """MiB of resident memory that a process needs on top of having everything loaded."""
    command = [sys.executable, "-m", "bench.memory", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _status(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{field}:"))
    return int(line.split()[1]) / 1024


def _main(path: Path) -> None:
    from bench.steps import work
    from imaging.derive import configure

    configure()
    data = path.read_bytes()
    work(_small_photo())
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts at what is resident now
    idle = _status("VmRSS")
    work(data)
    print(_status("VmHWM") - idle)


def _small_photo() -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.effect_noise((320, 240), 40).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
