"""The portal's viewer alone in Chromium: time to the first frame, and frame times of a drag.

`python -m bench.viewer` builds `web/portal/bench` and prints; it needs the web packages installed.
"""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from math import cos, radians
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from bench.results import Figure, keep, print_table
from devstack.testing.browser import CHROMIUM, FLAGS

SITE = Path("build/bench/viewer")
FRAMES = 24
SIZES = (150, 600, 1200)
STEPS = 120
_WATCH_FIRST = """
new MutationObserver((_, self) => {
  window.firstFrame = performance.now();
  self.disconnect();
}).observe(document, { subtree: true, attributeFilter: ["width"] });
"""
_RECORD_FRAMES = """
window.deltas = [];
let last = performance.now();
const next = (now) => {
  window.deltas.push(now - last);
  last = now;
  window.recording = requestAnimationFrame(next);
};
window.recording = requestAnimationFrame(next);
"""


def build(site: Path = SITE) -> None:
    """The page with its 24 pictures in three sizes, and the manifest that names them."""
    out = ["--outDir", str(site.resolve()), "--emptyOutDir", "--base", "./"]
    command = ["npx", "vite", "build", "portal/bench", "--logLevel", "warn", *out]
    subprocess.run(command, cwd="web", check=True)
    angles = [360 * index // FRAMES for index in range(FRAMES)]
    for angle in angles:
        picture = _picture(angle)
        for size in SIZES:
            picture.resize((size, size)).save(site / f"{angle}_{size}.jpg", quality=85)
    frames = [_frame(index, angle) for index, angle in enumerate(angles)]
    (site / "manifest.json").write_text(json.dumps({"total": FRAMES, "frames": frames}))


def _picture(angle: int) -> Image.Image:
    """Grain, so that it takes as long to decode as a photograph, and a box that turns."""
    picture = Image.effect_noise((1200, 1200), 24).convert("RGB")
    draw = ImageDraw.Draw(picture)
    half = 180 + 320 * abs(1 - cos(radians(2 * angle))) / 2
    draw.rounded_rectangle((600 - half, 480, 600 + half, 780), 60, fill=(170, 30, 36))
    draw.text((560, 560), str(angle), fill="white", font_size=90)
    return picture


def _frame(index: int, angle: int) -> dict[str, object]:
    return {
        "index": index, "angle_deg": angle, "status": "processed", "image_id": f"image-{angle}",
        "urls": {str(size): f"{angle}_{size}.jpg" for size in SIZES}, "pending": False,
    }  # fmt: skip


@contextmanager
def served(directory: Path) -> Iterator[str]:
    """The directory on a free port, as a URL."""
    handler = partial(_Quiet, directory=str(directory))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: the figures are what is printed."""


def measure(browser: Browser, url: str) -> list[Figure]:
    """Opens the page cold, drags for some three seconds, and reads what Chromium traced of it."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(_WATCH_FIRST)
    page.goto(url)
    page.wait_for_function("window.firstFrame")
    first = page.evaluate("window.firstFrame - performance.getEntriesByName('shown')[0].startTime")
    opened = page.evaluate("window.firstFrame")
    page.wait_for_selector("[aria-hidden] div[style*='scaleX(1)']", state="attached")
    deltas, trace = _drag(browser, page)
    page.close()
    return [
        Figure("viewer.first_frame", first, "ms", "<= 1000"),
        Figure("viewer.first_frame_from_navigation", opened, "ms"),
        Figure("viewer.drag_frame_median", median(deltas), "ms", "<= 17"),
        Figure("viewer.drag_frame_p95", sorted(deltas)[int(len(deltas) * 0.95)], "ms"),
        Figure("viewer.drag_frame_worst", max(deltas), "ms"),
        Figure("viewer.drag_frames", len(deltas), "frames"),
        Figure("viewer.drag_layouts", _count(trace, "Layout"), "layouts", "<= 0"),
        Figure("viewer.drag_longest_task", _longest_task(trace), "ms"),
    ]


def _drag(browser: Browser, page: Page) -> tuple[list[float], list[dict[str, Any]]]:
    """To and fro across the stage, a step a frame; frame times in ms, and the trace."""
    box = page.get_by_role("slider").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + 20, middle)
    page.mouse.down()
    page.wait_for_timeout(500)  # the button that says "Pause" has become "Play" by then
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.evaluate(_RECORD_FRAMES)
    for step in range(STEPS):
        way = 1 - abs(1 - 2 * step / STEPS)
        page.mouse.move(box["x"] + 20 + way * (box["width"] - 40), middle)
    deltas: list[float] = page.evaluate("cancelAnimationFrame(window.recording) ?? window.deltas")
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    page.mouse.up()
    return deltas[2:], trace


def _count(trace: list[dict[str, Any]], name: str) -> int:
    return sum(event["name"] == name for event in trace)


def _longest_task(trace: list[dict[str, Any]]) -> float:
    """Of the scripts, paints and events of the page, in ms."""
    names = {"FunctionCall", "FireAnimationFrame", "EventDispatch", "Paint", "UpdateLayoutTree"}
    return max(float(event.get("dur", 0)) for event in trace if event["name"] in names) / 1000


def main() -> None:
    build()
    with served(SITE) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        figures = measure(browser, url)
        browser.close()
    print_table(figures)
    keep(figures)


if __name__ == "__main__":
    main()
