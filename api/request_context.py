"""Around every request: an id in and out, one log line, and a last net for bugs."""

import re
import time
from http import HTTPStatus
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Code
from api.problems import problem_response

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEALTH_CHECKS = frozenset({"/healthz", "/readyz"})
_log = structlog.get_logger("api")


class RequestContext:
    """Pure ASGI, so that streaming answers and background work stay what they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection; anything but HTTP passes untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id)
        began = time.perf_counter()
        # A kept-alive connection serves many requests, of different people.
        structlog.contextvars.clear_contextvars()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, answer.send)
            except Exception:
                _log.exception("request.crashed", method=scope["method"], path=scope["path"])
                if answer.status is not None:
                    raise
                await _crashed(request_id)(scope, receive, answer.send)
            finally:
                _report(scope, answer.status, time.perf_counter() - began)


class _Answer:
    """Sends on what the application answers, with the request's id; remembers the status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)[HEADER] = self._request_id
        await self._send(message)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get(HEADER, "")
    return given if _ACCEPTABLE.fullmatch(given) else uuid4().hex


def _crashed(request_id: str) -> Response:
    detail = "The request was not carried out. Quote the request id when you report this."
    return problem_response(Code.INTERNAL_ERROR, detail, request_id)


def _report(scope: Scope, status: int | None, seconds: float) -> None:
    # Health checks come every few seconds; they are news only when they fail.
    is_dull = scope["path"] in _HEALTH_CHECKS and status == HTTPStatus.OK
    log = _log.debug if is_dull else _log.info
    log(
        "request",
        method=scope["method"],
        path=scope["path"],
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )
