"""Pages of other origins: those of the settings, and no others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from api.application import create_app
from api.backends import Backends
from tests.api.client import Api, problem, serve
from tests.api.world import Org

PORTAL = "https://portal.example"


@pytest.fixture
async def cors_api(backends: Backends) -> AsyncIterator[Api]:
    """The application that lets the portal in."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Backends]:
        yield backends

    async with serve(create_app(opened, [PORTAL]), backends) as running:
        yield running


async def _preflight(api: Api, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization, if-none-match",
    }
    return await api.http.options("/sessions", headers=headers)


async def test_the_portal_may_call(cors_api: Api, org: Org) -> None:
    asked = await _preflight(cors_api, PORTAL)
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == PORTAL
    assert "access-control-allow-credentials" not in asked.headers
    answer = await cors_api.call("GET", "/sessions", of=org, headers={"Origin": PORTAL})
    assert answer.headers["access-control-allow-origin"] == PORTAL
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"ETag", "Retry-After", "X-Request-ID"} == set(exposed)


async def test_refusals_can_be_read_too(cors_api: Api) -> None:
    answer = await cors_api.call("GET", "/sessions", headers={"Origin": PORTAL})
    problem(answer, 401, "token_missing")
    assert answer.headers["access-control-allow-origin"] == PORTAL


async def test_nobody_else_may(cors_api: Api, org: Org) -> None:
    assert (await _preflight(cors_api, "https://evil.example")).status_code == 400
    headers = {"Origin": "https://evil.example"}
    answer = await cors_api.call("GET", "/sessions", of=org, headers=headers)
    assert "access-control-allow-origin" not in answer.headers


async def test_by_default_nobody_may(api: Api, org: Org) -> None:
    answer = await api.call("GET", "/sessions", of=org, headers={"Origin": PORTAL})
    assert "access-control-allow-origin" not in answer.headers
