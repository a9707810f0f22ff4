"""GET /live: what happens in a session reaches those who may see it, and nobody else."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from api.backends import Backends
from devstack.testing.databases import Database
from schema.contracts import Failure
from schema.enums import ImageStatus, Role
from tests.api.client import Api, good
from tests.api.pipeline import Pipeline
from tests.api.streams import PACE, Process, Watch, process
from tests.api.world import Org
from tests.waiting import eventually


def _code(refused: pytest.ExceptionInfo[httpx.HTTPStatusError]) -> tuple[int, str]:
    answer = refused.value.response
    return answer.status_code, answer.json()["code"]


async def test_the_list_comes_first_then_what_changes(running: Process, api: Api, org: Org) -> None:
    session = org.session()
    first = org.image(session)
    token = api.token(org, Role.REVIEWER)
    async with running.watch(session, token) as watch:
        assert watch.answer.headers["content-type"].startswith("text/event-stream")
        assert watch.answer.headers["cache-control"] == "no-store"
        assert watch.answer.headers["x-accel-buffering"] == "no"
        opening = await watch.next("session")
        assert opening.data == good(await api.call("GET", f"/sessions/{session}", of=org))
        assert await watch.images(1) == [(str(first), "processed")]
        assert watch.retry == 500
        second = org.image(session, angle_deg=90)
        assert await watch.images(1) == [(str(second), "processed")]
        broken = org.image(session, angle_deg=180, status=ImageStatus.FAILED)
        assert await watch.images(1) == [(str(broken), "failed")]
        await api.call("POST", f"/images/{first}/publish", of=org)
        published = await watch.next("image")
        listed = good(await api.call("GET", "/images", of=org, session_id=session))["items"]
        assert published.data == next(one for one in listed if one["id"] == str(first))
        await api.call("DELETE", f"/images/{first}/publish", of=org)
        assert await watch.images(1) == [(str(first), "processed")]
        await api.call("PATCH", f"/sessions/{session}", of=org, json={"status": "completed"})
        while (await watch.next("session")).data["status"] != "completed":
            pass


async def test_pending_pictures_come_and_go(
    running: Process, api: Api, org: Org, pipeline: Pipeline
) -> None:
    session = org.session()
    early = await pipeline.put(org, session)
    async with running.watch(session, api.token(org, Role.ADMIN)) as watch:
        assert await watch.images(1) == [(str(early), "pending")]
        failure = Failure("qc", "bug", "Something is wrong.")
        parked = await pipeline.put(
            org, session, angle_deg=90, status=ImageStatus.NEEDS_ATTENTION, failure=failure
        )
        shown = await watch.next("image")
        assert shown.about == (str(parked), "needs_attention")
        listed = good(await api.call("GET", "/images", of=org, session_id=session))["items"]
        assert shown.data == listed[1]
        # One gets its verdict while its workflow still runs: it is pending no more.
        org.image(session, upload_id=early)
        assert await watch.images(1) == [(str(early), "processed")]
        await pipeline.end()
        gone = await watch.next("image", "removed")
        assert (gone.kind, gone.data) == ("removed", {"id": str(parked)})


async def test_coming_back_gives_exactly_what_was_missed(
    running: Process, api: Api, org: Org
) -> None:
    session = org.session()
    images = [org.image(session, angle_deg=angle) for angle in (0, 90, 180)]
    token = api.token(org, Role.REVIEWER)
    async with running.watch(session, token) as watch:
        assert [key for key, _ in await watch.images(3)] == [str(one) for one in images]
        # A transaction that began first, and commits when the stream has told of a later one.
        late = org.upload(session, angle_deg=270)
        with org.database.transaction(org.id) as slow:
            slow.add(org.row(late, session, 270))
            slow.flush()
            await api.call("POST", f"/images/{images[1]}/publish", of=org)
            assert await watch.images(1) == [(str(images[1]), "published")]
            seen = watch.last_id
    await api.call("POST", f"/images/{images[2]}/publish", of=org)
    async with running.watch(session, token, after=seen) as watch:
        assert await watch.images(2) == [(str(images[2]), "published"), (str(late), "processed")]
        await api.call("POST", f"/images/{images[0]}/publish", of=org)
        assert await watch.images(1) == [(str(images[0]), "published")]
        seen = watch.last_id
    ticket = good(
        await api.call("POST", "/live/tickets", of=org, json={"session_id": str(session)}), 201
    )["ticket"]
    async with running.watch(session, ticket=ticket, last_event_id=str(seen)) as watch:
        # Nothing was missed: the first picture is one that comes now.
        assert (await watch.next()).kind == "session"
        await api.call("DELETE", f"/images/{images[0]}/publish", of=org)
        assert await watch.images(1) == [(str(images[0]), "processed")]


@pytest.mark.parametrize("after", ["", "0", "7:5:", "1:9:9", "x", "99999999999:99999999999:"])
async def test_an_id_that_means_nothing_begins_anew(
    running: Process, api: Api, org: Org, after: str
) -> None:
    session = org.session()
    image = org.image(session)
    async with running.watch(session, api.token(org, Role.ADMIN), after=after) as watch:
        assert await watch.images(1) == [(str(image), "processed")]


async def test_half_a_list_is_no_place_to_go_on_from(running: Process, api: Api, org: Org) -> None:
    session = org.session()
    images = {str(org.image(session, angle_deg=angle)) for angle in range(5)}
    token = api.token(org, Role.ADMIN)
    async with running.watch(session, token) as watch:
        await watch.images(3)
        seen = watch.last_id
    async with running.watch(session, token, after=seen) as watch:
        assert {key for key, _ in await watch.images(5)} == images


async def test_who_may_not_list_may_not_watch(
    running: Process, api: Api, org: Org, other: Org
) -> None:
    elsewhere = org.session(org.elsewhere)
    for token, code in (
        (api.token(other, Role.ADMIN), (404, "session_not_found")),
        (api.token(org, Role.REVIEWER), (404, "session_not_found")),
        (api.token(org, Role.DEVICE), (403, "role_forbidden")),
        ("nonsense", (401, "token_invalid")),
        (None, (401, "token_missing")),
    ):
        with pytest.raises(httpx.HTTPStatusError) as refused:
            async with running.watch(elsewhere, token):
                pass
        assert _code(refused) == code


async def test_another_organizations_pictures_do_not_come(
    running: Process, api: Api, org: Org, other: Org
) -> None:
    session = org.session()
    async with running.watch(session, api.token(org, Role.ADMIN)) as watch:
        await watch.next("session")
        other.image(other.session())
        # A forged notification only makes the process look: it reads as the watcher's organization.
        with other.database.transaction(other.id) as transaction:
            told = f'{{"org": "{org.id}", "session": "{session}"}}'
            transaction.execute(text("SELECT pg_notify('imaging360_live', :told)"), {"told": told})
        own = org.image(session)
        assert await watch.images(1) == [(str(own), "processed")]


async def test_silence_is_filled_and_streams_are_counted(
    backends: Backends, module_database: Database, api: Api, org: Org
) -> None:
    session, token = org.session(), api.token(org, Role.ADMIN)
    pace = replace(PACE, heartbeat=0.1, streams=2)
    async with process(backends, module_database.api, pace) as one:
        async with one.watch(session, token) as watch, one.watch(session, token):
            await watch.next("session")
            with pytest.raises(httpx.HTTPStatusError) as refused:
                async with one.watch(session, token):
                    pass
            assert _code(refused) == (429, "too_many_streams")
            assert int(refused.value.response.headers["retry-after"]) > 0
            image = asyncio.create_task(_later(org, session, watch))
            assert await watch.images(1) == [(str(await image), "processed")]
            assert watch.comments >= 3

        async def is_let_in() -> bool:
            with suppress(httpx.HTTPStatusError):
                async with one.watch(session, token):
                    return True
            return False

        await eventually(is_let_in)


async def _later(org: Org, session: UUID, watch: Watch) -> UUID:
    await eventually(lambda: watch.comments >= 3)
    return org.image(session)
