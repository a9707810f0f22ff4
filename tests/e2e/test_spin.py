"""A spin goes from presign to verdict, on real processes."""

from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from temporalio.client import Client

from adapters.temporal import ORG, SESSION, SITE, STATUS
from devstack.stack import Stack
from tests.e2e.conftest import OpenWalk, Walk, spin, with_a_copy_a_heic_and_a_torso


async def walked(open_walk: OpenWalk, directory: Path) -> Walk:
    shots = with_a_copy_a_heic_and_a_torso(directory)
    walk = await open_walk(shots)
    await walk.send(*shots)
    return walk


async def test_every_frame_reaches_the_right_verdict(open_walk: OpenWalk, tmp_path: Path) -> None:
    walk = await walked(open_walk, tmp_path)
    images = await walk.verdicts()
    assert set(images) == set(walk.sent)
    by_angle = {image["angle_deg"]: image for image in images.values()}
    assert list(by_angle) == sorted(by_angle)
    assert {angle: image["status"] for angle, image in by_angle.items()} == {
        0: "processed",
        60: "processed",
        120: "processed",
        180: "failed",
        240: "processed",
        300: "processed",
    }
    failure = by_angle[180]["failure"]
    assert failure["code"] == "truncated"
    assert failure["message"]
    assert by_angle[120]["exif"] is not None
    originals = {by_angle[angle]["qc"].get("duplicate_of") for angle in (0, 60)}
    assert originals == {None, by_angle[0]["id"]} or originals == {None, by_angle[60]["id"]}
    for angle in (120, 240, 300):
        assert by_angle[angle]["qc"]["overall"] == "pass"
        assert "duplicate_of" not in by_angle[angle]["qc"]


async def test_thumbnails_can_be_seen(open_walk: OpenWalk, tmp_path: Path) -> None:
    shots = spin(tmp_path, 2)
    walk = await open_walk(shots)
    await walk.send(*shots)
    for image in (await walk.verdicts()).values():
        assert set(image["thumb_urls"]) == {"150", "600", "1200"}
        async with httpx.AsyncClient() as browser:
            answers = {size: await browser.get(url) for size, url in image["thumb_urls"].items()}
        assert {answer.status_code for answer in answers.values()} == {200}
        assert Image.open(BytesIO(answers["150"].content)).size == (150, 150)


async def test_operators_find_the_workflows_by_their_attributes(
    open_walk: OpenWalk, running_stack: Stack, tmp_path: Path
) -> None:
    walk = await walked(open_walk, tmp_path)
    await walk.verdicts()
    client = await Client.connect(running_stack.temporal.address)
    seeded = running_stack.seed.demo
    query = f"SessionId = '{walk.session_id}' AND OrgId = '{seeded.org_id}'"
    found = [run async for run in client.list_workflows(query)]
    assert {run.id for run in found} == {f"image-{upload_id}" for upload_id in walk.sent}
    for run in found:
        attributes = run.typed_search_attributes
        assert attributes.get(ORG) == str(seeded.org_id)
        assert attributes.get(SITE) == str(seeded.site_id)
        assert attributes.get(SESSION) == walk.session_id
        assert attributes.get(STATUS) in {"processed", "failed"}


async def test_a_reviewer_publishes_what_passed(open_walk: OpenWalk, tmp_path: Path) -> None:
    walk = await walked(open_walk, tmp_path)
    await walk.verdicts()
    order = {"session_id": walk.session_id, "only_passed": True}
    answer = await walk.viewer.post("/images/publish", order)
    assert answer["published"] == 5
    statuses = [image["status"] for image in (await walk.listed()).values()]
    assert sorted(statuses) == ["failed", *["published"] * 5]
