"""Around every request: an id in and out, one log line, its figures, a last net for bugs."""

import re
import time
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.metrics import ApiMetrics
from adapters.tracing import OFF, Span
from api.backends import Backends
from api.errors import Code
from api.problems import problem_response

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEALTH_CHECKS = frozenset({"/healthz", "/readyz"})
# Anybody can invent methods and paths; a figure for each would fill the memory.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_ROUTE = "(none)"
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
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        parts: Backends = scope["app"].state.backends
        answer = _Answer(scope, send, request_id)
        # A kept-alive connection serves many requests, of different people.
        structlog.contextvars.clear_contextvars()
        tracing = OFF if scope["path"] in _HEALTH_CHECKS else parts.tracing
        with tracing.span(scope["method"], "server", headers.get("traceparent")) as span:
            structlog.contextvars.bind_contextvars(request_id=request_id, **tracing.ids())
            try:
                await self._handle(scope, receive, answer)
            finally:
                _describe(span, answer)
                _count(parts.metrics, answer)
                _report(answer)

    async def _handle(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self._app(scope, receive, answer.send)
        except Exception:
            _log.exception("request.crashed", method=scope["method"], path=scope["path"])
            if answer.status is not None:
                raise
            await _crashed(answer.request_id)(scope, receive, answer.send)


class _Answer:
    """Sends on what the application answers, with the request's id; remembers what it was."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self._send = send
        self._began = time.perf_counter()
        self.scope = scope
        self.request_id = request_id
        self.status: int | None = None
        self.seconds_to_head: float | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.seconds_to_head = self.seconds
            MutableHeaders(scope=message)[HEADER] = self.request_id
        await self._send(message)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    @property
    def route(self) -> str:
        """The template of the address, e.g. `/images/{image_id}`."""
        return getattr(self.scope.get("route"), "path", _NO_ROUTE)

    @property
    def problem(self) -> str | None:
        """The stable code of a problem document."""
        code: str | None = self.scope["state"].get("problem")
        return code


def _request_id(headers: Headers) -> str:
    given = headers.get(HEADER, "")
    return given if _ACCEPTABLE.fullmatch(given) else uuid4().hex


def _crashed(request_id: str) -> Response:
    detail = "The request was not carried out. Quote the request id when you report this."
    return problem_response(Code.INTERNAL_ERROR, detail, request_id)


def _describe(span: Span, answer: _Answer) -> None:
    method = answer.scope["method"]
    attributes: dict[str, str | int] = {
        "http.request.method": method,
        "http.route": answer.route,
        "http.response.status_code": answer.status or 0,
        "request.id": answer.request_id,
    }
    failed = (answer.status or 500) >= HTTPStatus.INTERNAL_SERVER_ERROR
    span.describe(f"{method} {answer.route}", attributes, failed=failed)


def _count(metrics: ApiMetrics, answer: _Answer) -> None:
    asked = answer.scope["method"]
    method = asked if asked in _METHODS else "OTHER"
    # 499 as nginx has it: the caller went away before there was an answer.
    metrics.requests.labels(method, answer.route, str(answer.status or 499)).inc()
    if answer.seconds_to_head is not None:
        metrics.request_seconds.labels(method, answer.route).observe(answer.seconds_to_head)
    if answer.problem is not None:
        metrics.problems.labels(answer.problem).inc()


def _report(answer: _Answer) -> None:
    # Health checks come every few seconds; they are news only when they fail.
    path = answer.scope["path"]
    is_dull = path in _HEALTH_CHECKS and answer.status == HTTPStatus.OK
    log = _log.debug if is_dull else _log.info
    about: dict[str, Any] = {"code": answer.problem} if answer.problem else {}
    log(
        "request",
        method=answer.scope["method"],
        route=answer.route,
        path=path,
        status=answer.status,
        milliseconds=round(answer.seconds * 1000, 1),
        **about,
    )
