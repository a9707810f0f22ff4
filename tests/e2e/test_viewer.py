"""The portal's viewer in Chromium: hands, keys, live frames, URLs that expired."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, Page, expect, sync_playwright

from bench import viewer
from devstack.testing.browser import CHROMIUM, FLAGS

Manifest = dict[str, Any]
FAILED = {"stage": "exif", "code": "not_an_image", "message": "The file is not a picture."}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not Path("web/node_modules/.synced").exists():
        pytest.skip("the web packages are not installed: `make portal`")
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium: `apt-get install chromium`")
    directory: Path = tmp_path_factory.mktemp("viewer")
    viewer.build(directory)
    with viewer.served(directory) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A phone whose owner wants no motion, so that nothing turns but by the test."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True,
        reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.goto(site)
    everything_loaded(page)
    yield page
    context.close()


def everything_loaded(page: Page) -> None:
    page.locator("[data-done]").wait_for(state="attached")


def car(page: Page) -> Locator:
    return page.get_by_role("slider", name="Turn the car")


def says(page: Page, text: str) -> None:
    expect(car(page)).to_have_attribute("aria-valuetext", text)


def scale(page: Page) -> float:
    picture = page.locator("[data-part=picture]")
    return float(picture.evaluate("element => new DOMMatrix(element.style.transform).a"))


def manifest(page: Page) -> Manifest:
    found: Manifest = page.evaluate("structuredClone(manifest)")
    return found


def test_keys_turn_the_car_and_name_what_is_seen(page: Page) -> None:
    shown = manifest(page)
    shown["frames"][23] |= {"status": "failed", "urls": {}, "failure": FAILED}
    page.evaluate("show", shown)
    car(page).focus()
    for key, text in [
        ("ArrowRight", "15 degrees, front"),
        ("PageUp", "105 degrees, right"),
        ("End", "345 degrees, front. Picture failed. The file is not a picture."),
        ("ArrowRight", "0 degrees, front"),
    ]:
        page.keyboard.press(key)
        says(page, text)


def test_a_thrown_car_rests_where_there_is_a_picture(browser: Browser, site: str) -> None:
    page = browser.new_page(viewport={"width": 800, "height": 800})
    page.goto(site)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()  # it plays by itself
    shown = manifest(page)
    for frame in shown["frames"][:12] + shown["frames"][13:]:
        frame |= {"status": "missing", "urls": {}}
    page.evaluate("show", shown)
    car(page).focus()
    page.keyboard.press("Home")
    says(page, "0 degrees, front. No picture. Not taken yet.")
    page.mouse.move(300, 300)
    page.mouse.down()
    page.mouse.move(550, 300, steps=6)
    page.mouse.up()
    expect(car(page)).to_have_attribute("aria-valuenow", "180")
    page.close()


def test_frames_that_arrive_are_fetched_alone_and_the_angle_stays(page: Page) -> None:
    car(page).press("PageUp")
    says(page, "90 degrees, right")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    grown = manifest(page)
    again = grown["frames"][6]
    again |= {
        "image_id": "re-shot",
        "urls": {size: f"{again['urls'][size]}?2" for size in again["urls"]},
    }
    with page.expect_response("**/90_1200.jpg?2"):
        page.evaluate("show", grown)
    assert sorted(asked) == ["90_1200.jpg?2", "90_150.jpg?2", "90_600.jpg?2"]
    says(page, "90 degrees, right")


def test_expired_urls_are_asked_for_anew(page: Page) -> None:
    fresh = manifest(page)
    expired = {**fresh, "frames": [{**frame, "urls": gone(frame)} for frame in fresh["frames"]]}
    page.route("**/manifest.json", lambda route: route.fulfill(json=expired))
    page.add_init_script(f"window.fresh = {json.dumps(fresh)}")
    page.reload()
    everything_loaded(page)
    assert page.evaluate("window.asked") == 1
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_pictures_that_never_come_can_be_asked_for_again(page: Page) -> None:
    fresh = manifest(page)
    fresh["frames"] = fresh["frames"][:2]
    lost = {**fresh, "frames": [{**frame, "urls": gone(frame)} for frame in fresh["frames"]]}
    page.route("**/manifest.json", lambda route: route.fulfill(json=lost))
    page.reload()
    expect(page.get_by_text("2 pictures did not load.")).to_be_visible(timeout=20_000)
    page.evaluate("manifest => { window.fresh = manifest; }", fresh)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def gone(frame: dict[str, Any]) -> dict[str, str]:
    return {size: f"gone/{url}" for size, url in frame["urls"].items()}


def test_a_finger_scrolls_the_page_turns_the_car_and_pinches(page: Page) -> None:
    hand = Hand(page)
    hand.swipe((180, 250), (180, 120))
    page.wait_for_function("scrollY > 50")
    says(page, "0 degrees, front")
    page.evaluate("scrollTo(0, 0)")
    hand.swipe((80, 150), (200, 150))
    says(page, "90 degrees, right")
    hand.pinch((180, 150), 30, 90)
    assert scale(page) == pytest.approx(3, abs=0.3)
    assert page.evaluate("visualViewport.scale") == 1
    page.get_by_role("button", name="Show the whole car").click()
    assert scale(page) == 1


class Hand:
    """Fingers on the screen, as Chromium itself sees them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)

    def swipe(self, start: tuple[int, int], end: tuple[int, int], steps: int = 10) -> None:
        self._touch("touchStart", [start])
        for step in range(1, steps + 1):
            x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
            self._touch("touchMove", [(x, y)])
        self._touch("touchEnd", [])

    def pinch(self, middle: tuple[int, int], near: int, far: int) -> None:
        x, y = middle
        self._touch("touchStart", [(x - near, y)])
        self._touch("touchStart", [(x - near, y), (x + near, y)])
        for apart in range(near, far + 1, 5):
            self._touch("touchMove", [(x - apart, y), (x + apart, y)])
        self._touch("touchEnd", [])

    def _touch(self, kind: str, points: list[tuple[float, float]]) -> None:
        touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
