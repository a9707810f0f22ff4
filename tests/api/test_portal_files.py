"""The built portal is served beside the API, which keeps every address that it has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from api.application import create_app
from api.backends import Backends
from api.portal import Portal, object_origins
from tests.api.client import Api, good, problem, serve
from tests.api.world import Org

PAGE = "<!doctype html><title>the portal</title>"
SCRIPT = "console.log('x')\n" * 200
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ISSUER = "https://login.example/realm"
OBJECTS = "https://objects.example:4566"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What a build leaves, and a file beside it that is nobody's business."""
    directory = tmp_path / "dist"
    (directory / "assets").mkdir(parents=True)
    (directory / "index.html").write_text(PAGE)
    (directory / "theme.js").write_text("0")
    (directory / "assets" / "index-a1b2c3.js").write_text(SCRIPT)
    (tmp_path / "secret.txt").write_text("secret")
    return directory


def _portal(directory: Path) -> Portal:
    return Portal(directory, issuer=ISSUER, client_id="portal", object_origins=(OBJECTS,))


@asynccontextmanager
async def _serving(backends: Backends, directory: Path) -> AsyncIterator[Api]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Backends]:
        yield backends

    async with serve(create_app(opened, portal=_portal(directory)), backends) as running:
        yield running


@pytest.fixture
async def portal_api(backends: Backends, built: Path) -> AsyncIterator[Api]:
    """The API with a built portal."""
    async with _serving(backends, built) as running:
        yield running


def _policy(answer: httpx.Response) -> dict[str, str]:
    parts = answer.headers["content-security-policy"].split("; ")
    return {name: value for name, _, value in (part.partition(" ") for part in parts)}


@pytest.mark.parametrize("path", ["/", "/index.html", "/s/5d7c", "/sign-in", "/nothing/here"])
async def test_every_page_is_the_portal_and_asked_for_anew(portal_api: Api, path: str) -> None:
    answer = await portal_api.http.get(path, headers=BROWSER)
    assert answer.status_code == 200
    assert answer.text == PAGE
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    kept = {**BROWSER, "If-None-Match": answer.headers["etag"]}
    assert (await portal_api.http.get(path, headers=kept)).status_code == 304


async def test_pages_run_our_own_scripts_only(portal_api: Api) -> None:
    policy = _policy(await portal_api.http.get("/", headers=BROWSER))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == f"'self' https://login.example {OBJECTS}"
    assert policy["img-src"] == f"'self' data: blob: {OBJECTS}"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


async def test_hashed_files_are_kept_for_ever_and_sent_small(portal_api: Api) -> None:
    answer = await portal_api.http.get("/assets/index-a1b2c3.js")
    assert answer.text == SCRIPT
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert "javascript" in answer.headers["content-type"]
    assert (await portal_api.http.get("/theme.js")).headers["cache-control"] == "no-cache"


async def test_a_file_of_an_older_build_is_not_a_page(portal_api: Api) -> None:
    problem(await portal_api.http.get("/assets/gone.js", headers=BROWSER), 404, "route_not_found")


async def test_the_api_keeps_its_addresses(portal_api: Api, org: Org) -> None:
    problem(await portal_api.http.get("/sessions", headers=BROWSER), 401, "token_missing")
    page = await portal_api.call("GET", "/sessions", of=org, headers=BROWSER)
    assert good(page)["items"] == []
    assert good(await portal_api.http.get("/healthz", headers=BROWSER))
    problem(await portal_api.http.get("/presign", headers=BROWSER), 405, "method_not_allowed")
    problem(await portal_api.http.get("/nothing"), 404, "route_not_found")
    problem(await portal_api.http.post("/nothing", headers=BROWSER), 404, "route_not_found")


@pytest.mark.parametrize("path", ["/../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt"])
async def test_only_the_directory_is_served(portal_api: Api, path: str) -> None:
    assert "secret" not in (await portal_api.http.get(path)).text


async def test_the_page_learns_where_to_sign_in(portal_api: Api) -> None:
    told = await portal_api.http.get("/portal/config.json")
    assert good(told) == {"issuer": ISSUER, "client_id": "portal"}
    assert told.headers["cache-control"] == "no-cache"


async def test_without_a_build_the_page_says_how_to_make_one(
    backends: Backends, tmp_path: Path
) -> None:
    async with _serving(backends, tmp_path / "nothing") as api:
        answer = await api.http.get("/", headers=BROWSER)
        assert answer.status_code == 503
        assert "make portal" in answer.text
        problem(await api.http.get("/assets/x.js"), 404, "route_not_found")


async def test_without_a_portal_there_are_no_pages(api: Api) -> None:
    problem(await api.http.get("/", headers=BROWSER), 404, "route_not_found")


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://127.0.0.1:4566/x", {"http://127.0.0.1:4566"}),
        (
            None,
            {
                "https://cars.s3.eu-central-1.amazonaws.com",
                "https://cars.s3.amazonaws.com",
                "https://s3.eu-central-1.amazonaws.com",
            },
        ),
    ],
)
def test_pictures_come_from_the_bucket(endpoint: str | None, expected: set[str]) -> None:
    assert set(object_origins(endpoint, "eu-central-1", "cars")) == expected
