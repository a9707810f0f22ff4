"""The pictures of docs/operations.md: Temporal's real Web UI, with images that a bug really parked.

`python -m tests.e2e.screenshots [directory]` starts a stack, parks frames by a bad release, does in
Chromium what the document says, and fails when an image does not end as the document says.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Locator, Page, async_playwright
from temporalio.client import Client

from devstack.paths import REPOSITORY
from devstack.phone import Phone
from devstack.stack import Stack
from devstack.testing.browser import CHROMIUM, FLAGS
from schema import contracts
from tests.e2e.conftest import spin
from tests.e2e.parked import BrokenRelease
from tests.waiting import eventually

PICTURES = REPOSITORY / "docs" / "images" / "operations"
FRAMES = 8
PARKED = "ImageStatus = 'needs_attention' AND ExecutionStatus = 'Running'"
ALIKE = f"{PARKED} AND FailureCode = 'KeyError'"
WHY = '{"reason": "a photo of a wall", "actor": "Ann"}'


class WebUi:
    """What an operator does in the Web UI, with a picture at each step."""

    def __init__(self, page: Page, url: str, out: Path) -> None:
        self._page = page
        self._url = f"{url}/namespaces/default/workflows"
        self._out = out

    async def find(self, query: str) -> None:
        """The list, filtered."""
        await self._page.goto(f"{self._url}?query={quote(query)}")
        await self._page.locator("table tbody tr a:visible").first.wait_for()

    async def open(self, image: str) -> None:
        """One image's page."""
        await self._page.goto(f"{self._url}/{contracts.workflow_id(image)}")
        await self._button("More Actions").wait_for()

    async def memo(self) -> None:
        """What happened."""
        await self._page.locator("a:visible", has_text="Memo").first.click()
        await self._page.get_by_text("unexpected_error").first.wait_for()

    async def menu(self) -> None:
        """More Actions, opened."""
        await self._button("More Actions").click()
        await self._by_id("update-button").wait_for()

    async def update(self, name: str, data: str = "") -> Locator:
        """The update's dialog, filled in; to be submitted."""
        await self._by_id("update-button").click()
        dialog = self._by_id("update-confirmation-modal")
        await dialog.get_by_test_id("update-select-button").click()
        await self._page.locator("[role=option]:visible", has_text=name).first.click()
        if data:
            await dialog.locator(".cm-content").fill(data)
            # The editor indents what it is left with, and the button below moves away.
            await dialog.get_by_test_id("update-id").click()
        return dialog

    async def batch_reset(self, reason: str) -> Locator:
        """The dialog to reset all that the list shows; to be submitted."""
        await self._by_id("batch-actions-checkbox-label").click()
        await self.picture("5-select-all")
        await self._by_id("bulk-reset-button").click()
        dialog = self._dialog("Reset Workflows")
        await dialog.locator("input:visible").first.fill(reason)
        return dialog

    async def reset(self, reason: str) -> Locator:
        """The dialog to reset a finished one, to its first task; to be submitted."""
        await self._button("Reset").click()
        dialog = self._by_id("reset-confirmation-modal")
        await dialog.get_by_test_id("workflow-reset-event-id-select-button").click()
        await self._page.locator("[role=option]:visible", has_text="4 - ").first.click()
        await dialog.get_by_test_id("reset-reason").fill(reason)
        return dialog

    async def submit(self, dialog: Locator) -> None:
        """Confirm it."""
        await dialog.get_by_test_id("confirm-modal-button").click()
        await dialog.wait_for(state="hidden")

    async def picture(self, name: str) -> None:
        """What is to be seen now, when nothing moves any more."""
        await self._page.wait_for_timeout(1500)
        await self._page.screenshot(path=self._out / f"{name}.png", animations="disabled")

    def _button(self, text: str) -> Locator:
        return self._page.locator("button:visible", has_text=text).first

    def _by_id(self, name: str) -> Locator:
        return self._page.locator(f"[data-testid={name}]:visible").first

    def _dialog(self, title: str) -> Locator:
        return self._page.locator("dialog:visible, [role=dialog]:visible", has_text=title).first


async def counted(client: Client, query: str, count: int) -> None:
    """Wait until so many workflows are as the query says."""

    async def as_many() -> bool:
        return (await client.count_workflows(query)).count == count

    await eventually(as_many, seconds=180)


async def walk_through(ui: WebUi, images: list[str], client: Client, bad: BrokenRelease) -> None:
    """The document's steps, in its order."""
    wall, first, *_ = images
    await ui.find(ALIKE)
    await ui.picture("1-parked")
    await ui.open(wall)
    await ui.memo()
    await ui.picture("2-why")
    await ui.menu()
    dialog = await ui.update("discard", WHY)
    await ui.picture("4-discard")
    await ui.submit(dialog)
    await counted(client, "ImageStatus = 'failed' AND FailureCode = 'discarded'", 1)
    await asyncio.to_thread(bad.mend)
    await ui.open(first)
    await ui.menu()
    await ui.picture("3-actions")
    await ui.submit(await ui.update("retry"))
    await counted(client, "ImageStatus = 'processed'", 1)
    await ui.find(ALIKE)
    dialog = await ui.batch_reset("Ann: mended in release 1.2")
    await ui.picture("6-batch")
    await ui.submit(dialog)
    await counted(client, "ImageStatus = 'processed'", FRAMES - 1)
    await ui.open(wall)
    dialog = await ui.reset("Ann: it was a car after all")
    await ui.picture("7-reset")
    await ui.submit(dialog)
    await counted(client, "ImageStatus = 'processed'", FRAMES)


async def main(out: Path) -> None:
    """Make every picture anew."""
    with tempfile.TemporaryDirectory(prefix="screenshots-") as scratch:
        here = Path(scratch)
        with Stack(here / "data", durable=False) as stack:
            bad = await asyncio.to_thread(BrokenRelease, stack, here / "release")
            try:
                images = await parked(stack, here)
                await taken(stack, bad, images, out)
            finally:
                await asyncio.to_thread(bad.mend)


async def parked(stack: Stack, directory: Path) -> list[str]:
    """Send a spin, and wait until every frame is parked; their ids."""
    shots = spin(directory, FRAMES)
    async with Phone(stack.api.url) as phone:
        session = await phone.join(stack.seed.demo, shots, "STOCK-1")
        images = [await phone.send(session, shot) for shot in shots]
    await counted(await Client.connect(stack.temporal.address), ALIKE, FRAMES)
    return images


async def taken(stack: Stack, bad: BrokenRelease, images: list[str], out: Path) -> None:
    """Go through it in Chromium."""
    client = await Client.connect(stack.temporal.address)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 760})
        page.set_default_timeout(60_000)
        await walk_through(WebUi(page, stack.temporal.ui_url, out), images, client, bad)
        await browser.close()


if __name__ == "__main__":
    directory = Path(sys.argv[1]) if sys.argv[1:] else PICTURES
    directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(directory))
