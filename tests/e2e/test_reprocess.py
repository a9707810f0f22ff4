"""A campaign from the terminal, on the whole stack: compared, approved, shown, rolled back."""

import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from adapters.postgres import Database
from devstack.paths import REPOSITORY
from devstack.stack import Stack
from tests.e2e.conftest import OpenWalk, Walk, spin
from tests.waiting import eventually

PROGRAM = str(REPOSITORY / ".venv" / "bin" / "imaging360")
STRICT = {"IMAGING360_SHARPNESS_FAIL": "1000000000"}
FRAMES, CANARY = 24, 4
Rows = dict[str, dict[str, Any]]


class Case:
    """One session's images, and an operator at a terminal."""

    def __init__(self, stack: Stack, walk: Walk) -> None:
        self.stack = stack
        self.walk = walk
        self.org = stack.seed.demo.org_id
        owner = stack.settings("owner")["IMAGING360_OWNER_DATABASE_URL"]
        self._database = Database(owner, pool_size=1)
        self._environment = {**os.environ, **stack.settings("ops")}

    async def run(self, *words: str, code: int = 0) -> str:
        """What `imaging360 ops --as ann reprocess ...` prints."""
        done = await asyncio.to_thread(
            subprocess.run,
            [PROGRAM, "ops", "--as", "ann", "reprocess", *words, "--org", str(self.org)],
            env=self._environment, cwd="/", capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return str(done.stderr if code else done.stdout).strip()

    async def started(self, *words: str) -> tuple[str, str]:
        """A campaign of the session; its id, and what was printed."""
        said = await self.run("start", "--session", self.walk.session_id, *words)
        found = re.match(r"campaign (\S+)", said)
        assert found is not None
        return found[1], said

    async def says(self, words: str) -> None:
        """Wait until the status has these words."""

        async def said() -> bool:
            return words in await self.run("status")

        await eventually(said, seconds=90)

    def sql(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        with self._database.transaction(self.org) as session:
            values |= {"session": self.walk.session_id}
            return [tuple(row) for row in session.execute(text(statement), values)]

    def rows(self) -> Rows:
        """The session's images, every column but the mark of the last change."""
        wanted = "SELECT to_jsonb(i) - 'changed_in' FROM images i WHERE session_id = :session"
        return {row["id"]: row for (row,) in self.sql(wanted)}

    def results(self, campaign: str) -> int:
        wanted = "SELECT count(*) FROM image_results WHERE campaign_id = CAST(:id AS uuid)"
        ((count,),) = self.sql(wanted, id=campaign)
        return int(count)

    def events(self, kind: str) -> list[dict[str, Any]]:
        told = (
            "SELECT e.payload FROM events e JOIN images i ON i.id = e.entity_id"
            " WHERE i.session_id = :session AND e.event_type = :kind"
        )
        return [payload for (payload,) in self.sql(told, kind=kind)]


@pytest.fixture
async def case(running_stack: Stack, open_walk: OpenWalk, tmp_path: Path) -> AsyncIterator[Case]:
    """A processed spin, one frame of it published; then a worker with a stricter threshold."""
    shots = spin(tmp_path, FRAMES, pixels=2000)
    walk = await open_walk(shots)
    await walk.send(*shots)
    await walk.verdicts(seconds=120)
    case = Case(running_stack, walk)
    await walk.viewer.post(f"/images/{min(walk.sent)}/publish", {})
    await _worker(running_stack, STRICT)
    yield case
    await _worker(running_stack, {})


async def _worker(stack: Stack, settings: dict[str, str]) -> None:
    if "worker" in stack.pids():
        await asyncio.to_thread(stack.stop_part, "worker")
    await asyncio.to_thread(stack.start_part, "worker", env=settings)


def _looks(rows: Rows) -> set[tuple[str, str]]:
    return {(row["status"], row["qc"]["overall"]) for row in rows.values()}


async def _thumbnails_can_be_seen(case: Case, campaign: str) -> None:
    images = (await case.walk.listed()).values()
    async with httpx.AsyncClient() as browser:
        for image in images:
            for size, key in image["thumb_keys"].items():
                assert key.endswith(f"_thumb_{size}_{campaign}.jpg")
        seen = await browser.get(next(iter(images))["thumb_urls"]["150"])
    assert seen.headers["content-type"] == "image/jpeg"


async def test_a_campaign_from_dry_run_to_rollback(case: Case) -> None:
    before = case.rows()
    assert _looks(before) == {("processed", "pass"), ("published", "pass")}

    await case.started("--qc-below", "1")
    await case.says("failed: no image of this organization matches")
    dry, said = await case.started("--dry-run", "--sample", "5", "--wait")
    assert "verdict  pass -> fail: 5  e.g. " in said
    assert " sharpness  pass -> fail: 5" in said
    assert "exposure  pass -> pass: 5" in said
    assert "is sampled (campaign_refused)" in await case.run("switch", dry, code=1)

    campaign, _ = await case.started("--canary", str(CANARY), "--reason", "sharper")
    await case.says("the canary is done")
    assert case.results(campaign) == CANARY
    assert "under way" in await case.run("start", code=1)
    assert "not paused" in await case.run("resume", code=1)
    await case.run("pause")
    assert "\npaused\n" in await case.run("status")
    await case.run("resume")

    await case.run("approve")
    await eventually(lambda: case.results(campaign) > CANARY)
    await asyncio.to_thread(case.stack.stop_part, "worker", kill=True)
    assert CANARY < case.results(campaign) < FRAMES, "nothing was under way when it was killed"
    await asyncio.to_thread(case.stack.start_part, "worker", env=STRICT)
    await case.says(f"{FRAMES} of {FRAMES} done, 0 failed")
    await case.says("Reprocess: completed")
    assert case.rows() == before

    assert f"{FRAMES} of {FRAMES} done" in await case.run("switch", campaign, "--reason", "better")
    after = case.rows()
    assert _looks(after) == {("processed", "fail"), ("published", "fail")}
    assert {row["versions"]["campaign"] for row in after.values()} == {campaign}
    await _thumbnails_can_be_seen(case, campaign)
    told = {"campaign_id": campaign, "actor": "ann", "reason": "better"}
    assert case.events("image.reprocessed") == [told] * FRAMES

    assert "rolled_back" in await case.run("rollback", campaign, "--reason", "worse")
    assert case.rows() == before
    assert case.events("image.reprocess_undone") == [told | {"reason": "worse"}] * FRAMES
