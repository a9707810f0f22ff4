"""The built portal under `/`: files of one directory, after every route of the API.

Pages of the portal have addresses of their own (`/s/{id}`), which no file has: whoever asks for a
page gets `index.html`. Programs, which do not ask for HTML, still get the API's 404.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

_HASHED = "assets/"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>360 Imaging</title>
<h1>The portal is not built yet</h1>
<p>Run <code>make portal</code>, then load this page again. The API works: see
<a href="/docs">its documentation</a>.</p></html>
"""


@dataclass(frozen=True)
class Portal:
    """Where the built portal lies, and what it must know to sign people in.

    `object_origins` are the origins that presigned URLs lead to: pictures come from there.
    """

    directory: Path
    issuer: str
    client_id: str
    object_origins: tuple[str, ...]

    def headers(self) -> dict[str, str]:
        """What every page is sent with: it runs our own scripts only, and nobody frames it."""
        objects = " ".join(self.object_origins)
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'",
            f"img-src 'self' data: blob: {objects}",
            f"connect-src 'self' {_origin(self.issuer)} {objects}",
            "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        )
        return {
            "Content-Security-Policy": "; ".join(policy),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }


def object_origins(endpoint_url: str | None, region: str, bucket: str) -> tuple[str, ...]:
    """Where the bucket's presigned URLs lead: to the endpoint, or to one of AWS' own names."""
    if endpoint_url:
        return (_origin(endpoint_url),)
    hosts = (f"{bucket}.s3.{region}", f"{bucket}.s3", f"s3.{region}")
    return tuple(f"https://{host}.amazonaws.com" for host in hosts)


def install(app: FastAPI, portal: Portal) -> None:
    """Answer with the portal what no route of the API answers."""
    app.router.routes.append(Route("/portal/config.json", _config(portal)))
    files = _Files(portal, app.router.default)
    app.router.default = GZipMiddleware(files, minimum_size=1024)


def _config(portal: Portal) -> Callable[[Request], Awaitable[Response]]:
    async def config(request: Request) -> Response:
        answer = {"issuer": portal.issuer, "client_id": portal.client_id}
        return JSONResponse(answer, headers={"Cache-Control": _ASK_EACH_TIME})

    return config


class _Files:
    def __init__(self, portal: Portal, otherwise: ASGIApp) -> None:
        self._portal = portal
        self._headers = portal.headers()
        self._static = StaticFiles(directory=portal.directory, check_dir=False)
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request that no route wanted."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._otherwise(scope, receive, send)
            return
        path = str(scope["path"]).lstrip("/")
        answer = await self._file(path, scope)
        if answer is None and _wants_page(scope) and not path.startswith(_HASHED):
            answer = await self._page(scope)
        await (answer or self._otherwise)(scope, receive, send)

    async def _file(self, path: str, scope: Scope) -> Response | None:
        if not path or path == "index.html":
            return None
        try:
            answer = await self._static.get_response(path, scope)
        except HTTPException:
            return None
        is_hashed = path.startswith(_HASHED)
        answer.headers["Cache-Control"] = _FOR_EVER if is_hashed else _ASK_EACH_TIME
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    async def _page(self, scope: Scope) -> Response:
        try:
            answer = await self._static.get_response("index.html", scope)
        except HTTPException:
            answer = HTMLResponse(_NOT_BUILT, 503)
        answer.headers.update({**self._headers, "Cache-Control": _ASK_EACH_TIME})
        return answer


def _wants_page(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
