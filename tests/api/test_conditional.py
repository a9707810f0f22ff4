"""ETag and If-None-Match: 304 while nothing changed, never after a change."""

from dataclasses import replace
from uuid import UUID

import pytest
from fastapi import FastAPI

from adapters.ports import ObjectStore
from api.backends import Backends
from api.images.urls import SignedUrls
from schema.contracts import Failure
from schema.enums import ImageStatus, Role
from tests.api.client import Api, good, problem, serve
from tests.api.pipeline import Pipeline
from tests.api.world import Org


class Reader:
    """Someone who reads an address again and again."""

    def __init__(self, api: Api, org: Org, path: str) -> None:
        self._api = api
        self._org = org
        self._path = path
        self._tag = ""

    async def changed(self) -> bool:
        """Whether the answer is another than the last time."""
        headers = {"If-None-Match": self._tag} if self._tag else {}
        answer = await self._api.call("GET", self._path, of=self._org, headers=headers)
        assert answer.headers["etag"].startswith('W/"')
        assert answer.headers["cache-control"] == "private, no-cache"
        same = answer.headers["etag"] == self._tag
        self._tag = answer.headers["etag"]
        if answer.status_code == 304:
            assert answer.content == b""
            assert same
            return False
        good(answer)
        assert not same
        return True


def _paths(org: Org, session: UUID) -> tuple[str, ...]:
    return (
        f"/images?session_id={session}",
        f"/sessions/{session}/spin",
        f"/sessions/{session}",
        f"/sessions?site_id={org.here}",
    )


async def test_every_change_of_a_session_is_seen(api: Api, org: Org) -> None:
    session = org.session()
    first = org.image(session, angle_deg=0)
    readers = [Reader(api, org, path) for path in _paths(org, session)]

    async def seen() -> list[bool]:
        return [await reader.changed() for reader in readers]

    assert await seen() == [True] * 4
    assert await seen() == [False] * 4
    org.image(session, angle_deg=90)
    assert await seen() == [True] * 4
    for method in ("POST", "DELETE"):
        good(await api.call(method, f"/images/{first}/publish", of=org))
        assert await seen() == [True] * 4
        assert await seen() == [False] * 4
    body = {"status": "completed"}
    good(await api.call("PATCH", f"/sessions/{session}", of=org, json=body))
    assert await seen() == [False, True, True, True]
    org.session()
    assert await seen() == [False, False, False, True]


async def test_pending_pictures_are_seen_to_come_park_and_finish(
    api: Api, org: Org, pipeline: Pipeline
) -> None:
    session = org.session()
    images = Reader(api, org, f"/images?session_id={session}")
    assert await images.changed()
    upload = await pipeline.put(org, session)
    assert await images.changed()
    assert not await images.changed()
    org.image(session, upload_id=upload)
    assert await images.changed()
    assert not await images.changed()
    failure = Failure("thumbnails", "unknown", "A bug stopped this step.")
    await pipeline.put(org, session, status=ImageStatus.NEEDS_ATTENTION, failure=failure)
    assert await images.changed()


async def test_pending_becoming_unknown_is_a_change(
    application: FastAPI, backends: Backends, api_without_temporal: Api, org: Org
) -> None:
    session = org.session()
    org.image(session)
    path = f"/images?session_id={session}"
    unknown = await api_without_temporal.call("GET", path, of=org)
    async with serve(application, backends) as api:
        headers = {"If-None-Match": unknown.headers["etag"]}
        listed = good(await api.call("GET", path, of=org, headers=headers))
    assert listed["pending_known"] is True


async def test_a_copy_whose_links_grow_old_is_replaced(
    application: FastAPI, backends: Backends, store: ObjectStore, org: Org
) -> None:
    now = 0.0
    urls = SignedUrls(store, seconds=3600, clock=lambda: now)
    session = org.session()
    org.image(session)
    async with serve(application, replace(backends, urls=urls)) as api:
        images = Reader(api, org, f"/images?session_id={session}")
        assert await images.changed()
        now = 899.0
        assert not await images.changed()
        now = 901.0
        assert await images.changed()


@pytest.mark.parametrize("pattern", ["*", "{}", '"other", {}', "{},x"])
async def test_how_a_tag_may_be_named(api: Api, org: Org, pattern: str) -> None:
    path = f"/images?session_id={org.session()}"
    tag = (await api.call("GET", path, of=org)).headers["etag"]
    strong = tag.removeprefix("W/")
    for one in (tag, strong):
        headers = {"If-None-Match": pattern.format(one)}
        assert (await api.call("GET", path, of=org, headers=headers)).status_code == 304


async def test_a_tag_opens_nothing(api: Api, org: Org, other: Org) -> None:
    session = org.session()
    for path in _paths(org, session)[:3]:
        for of, role in ((other, Role.ADMIN), (other, Role.OPERATOR)):
            answer = await api.call("GET", path, of=of, role=role, headers={"If-None-Match": "*"})
            problem(answer, 404, "session_not_found")
        problem(await api.call("GET", path, headers={"If-None-Match": "*"}), 401, "token_missing")
