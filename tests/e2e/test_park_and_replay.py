"""A bug is deployed and parks images; it is mended, and nobody has to send them again."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from adapters.temporal import FAILURE
from devstack.stack import Stack
from schema import contracts
from tests.e2e.conftest import OpenWalk, spin
from tests.e2e.parked import BrokenRelease, Case

ERROR = "KeyError: 'exposure'"


@pytest.fixture
async def broken(running_stack: Stack, tmp_path: Path) -> AsyncIterator[BrokenRelease]:
    """The bug is deployed; at the end it is not."""
    release = await asyncio.to_thread(BrokenRelease, running_stack, tmp_path / "release")
    yield release
    await asyncio.to_thread(release.mend)


@pytest.fixture
async def case(
    running_stack: Stack, broken: BrokenRelease, open_walk: OpenWalk, tmp_path: Path
) -> Case:
    """Four frames that are parked."""
    shots = spin(tmp_path, 4)
    walk = await open_walk(shots)
    await walk.send(*shots)
    client = await Client.connect(running_stack.temporal.address, identity="ben@example.com")
    parked = Case(running_stack, walk, tmp_path / "home", client)
    await parked.become("needs_attention", parked.images)
    return parked


async def test_an_admin_discards_and_replays_what_a_bug_parked(
    case: Case, broken: BrokenRelease
) -> None:
    await case.sign_in()
    session = ("--session", case.walk.session_id)
    listed = (await case.run("ops", "parked", "list", *session)).splitlines()
    assert listed.pop() == "4 parked, 4 shown"
    assert sorted(line.split()[0] for line in listed) == case.images
    assert all(line.endswith(ERROR) for line in listed)
    wall, early, *rest = case.images

    # Before the bug is mended: one is given up, one is tried in vain.
    await case.run("ops", "discard", wall, "--reason", "a photo of a wall")
    (discarded,) = await case.told(wall, "image.discarded")
    assert discarded["actor"] == "Ada Admin"
    assert discarded["reason"] == "a photo of a wall"
    await case.become("failed", [wall])
    assert await case.run("ops", "retry", early) == "accepted"
    await case.told(early, "image.retried")
    line = await case.run("ops", "retry", wall, code=1)
    assert "image_not_parked" in line
    await case.become("needs_attention", [early])

    await asyncio.to_thread(broken.mend)
    bulk = ("ops", "retry", "--all", "--code", "KeyError", *session)
    assert await case.run(*bulk, "--dry-run") == "3 parked: 3 KeyError at qc"
    done = (await case.run(*bulk, "--yes", "--reason", "mended in 1.2")).splitlines()
    assert done[-1] == "3 images: 3 accepted"
    await case.become("processed", [early, *rest])
    await case.told(early, "image.retried", "image.retried")
    for image in rest:
        (retried,) = await case.told(image, "image.retried")
        assert retried["reason"] == "mended in 1.2"
        assert retried["failures"][0]["message"] == ERROR
    assert await case.run(*bulk, "--yes") == "0 parked"
    shown = json.loads(await case.run("ops", "show", early))
    assert [event["event_type"] for event in shown["events"]].count("image.retried") == 2


async def test_a_platform_operator_works_at_temporal_itself(
    case: Case, broken: BrokenRelease
) -> None:
    ops = ("ops", "--direct", "--as", "ann of the platform")
    org = ("--org", str(case.stack.seed.demo.org_id))
    listed = await case.run(*ops, "parked", "list", *org, "--since", "1h")
    assert all(image in listed for image in case.images)
    one = case.images[0]
    shown = json.loads(await case.run(*ops, "show", one))
    assert shown["image"]["failure"]["message"] == ERROR
    assert shown["temporal"].startswith(case.stack.temporal.ui_url)
    nobody = await case.run(*ops, "retry", "--all", "--org", str(case.stack.seed.demo.site_id))
    assert nobody == "0 parked"

    discard = ("discard", "--all", *org, "--session", case.walk.session_id, "--limit", "1")
    answer = await case.run(*ops, *discard, "--reason", "tried it out", "--yes")
    assert answer.endswith("1 images: 1 accepted")
    (gone,) = [image for image in case.images if case.events(image)] or [one]
    (discarded,) = await case.told(gone, "image.discarded")
    assert discarded["actor"] == discarded["temporal_identity"] == "ann of the platform"
    await asyncio.to_thread(broken.mend)
    await case.run(*ops, "retry", "--all", *org, "--session", case.walk.session_id, "--yes")
    await case.become("processed", [image for image in case.images if image != gone])


async def test_what_is_done_in_the_web_ui_is_told_too(case: Case, broken: BrokenRelease) -> None:
    signalled, *others = case.images
    handle = case.client.get_workflow_handle(contracts.workflow_id(signalled))
    assert (await handle.describe()).typed_search_attributes[FAILURE] == "KeyError"
    await asyncio.to_thread(broken.mend)

    # One by a signal without any input, the others as a batch that is reset to the first task.
    await handle.signal(contracts.RETRY)
    await case.become("processed", [signalled])
    (retried,) = await case.told(signalled, "image.retried")
    assert retried["temporal_identity"] == "ben@example.com"
    query = f"SessionId = '{case.walk.session_id}' AND ImageStatus = 'needs_attention'"
    await case.reset_all(query + " AND ExecutionStatus = 'Running' AND FailureCode = 'KeyError'")
    await case.become("processed", others)
    for image in others:
        (reset,) = await case.told(image, "image.reset")
        assert "mended" in reset["reason"]


async def test_a_finished_one_is_reset(case: Case, broken: BrokenRelease) -> None:
    await case.sign_in()
    wrong, right, *_ = case.images
    await case.run("ops", "discard", wrong, "--reason", "by mistake")
    await case.become("failed", [wrong])
    await asyncio.to_thread(broken.mend)
    await case.run("ops", "retry", right)
    await case.become("processed", [right])
    before = (await case.walk.listed())[right]["processed_at"]

    await case.reset(wrong, (await case.completed(wrong))[0], "it was a car")
    await case.become("processed", [wrong])
    _, reset = await case.told(wrong, "image.discarded", "image.reset")
    assert reset["reason"].endswith("it was a car")

    # Back to the last task: the run repeats what was done, and its row stays as it is.
    await case.reset(right, (await case.completed(right))[-1], "to see")
    await case.told(right, "image.retried", "image.reset")
    assert (await case.walk.listed())[right]["processed_at"] == before
