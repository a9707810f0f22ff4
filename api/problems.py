"""Exceptions to problem documents: the only place that makes an error answer."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapters.errors import AccessRefusedError, TransientError
from api.conditional import NotModified
from api.errors import MEDIA_TYPE, ApiError, Code, FieldError, problem

RETRY_AFTER_SECONDS = 2
_UNION_TAGS = frozenset({"one", "many"})
_log = structlog.get_logger("api")


def install(app: FastAPI) -> None:
    """Answer every exception that we expect with a problem document."""
    app.add_exception_handler(ApiError, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(TransientError, _unavailable)
    app.add_exception_handler(AccessRefusedError, _unavailable)
    app.add_exception_handler(NotModified, _not_modified)


def problem_response(
    code: Code,
    detail: str,
    request_id: str,
    *,
    http_status: int | None = None,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> Response:
    """A problem document as a response."""
    document = problem(code, detail, request_id, http_status=http_status, **members)
    body = orjson.dumps(document, default=_plain)
    return _Problem(code, body, document["status"], headers or {})


class _Problem(Response):
    """Leaves its code in the request's state, for the log line and the figures."""

    def __init__(self, code: Code, body: bytes, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(body, status, dict(headers), MEDIA_TYPE)
        self._code = code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["problem"] = self._code.value
        await super().__call__(scope, receive, send)


def request_id_of(request: Request) -> str:
    """The id that the request came with or was given."""
    return str(getattr(request.state, "request_id", ""))


async def _refused(request: Request, error: Exception) -> Response:
    refusal = cast("ApiError", error)
    _log.info("request.refused", code=refusal.code, detail=refusal.detail)
    return problem_response(
        refusal.code,
        refusal.detail,
        request_id_of(request),
        headers=refusal.headers,
        **refusal.members,
    )


async def _not_valid(request: Request, error: Exception) -> Response:
    errors = [_field_error(one) for one in cast("RequestValidationError", error).errors()]
    detail = "; ".join(f"{one.field}: {one.message}" for one in errors[:3])
    if len(errors) > 3:
        detail += f"; and {len(errors) - 3} more"
    return problem_response(
        Code.INVALID_REQUEST, detail, request_id_of(request), errors=errors[:50]
    )


async def _framework(request: Request, error: Exception) -> Response:
    raised = cast("HTTPException", error)
    code = _CODES.get(raised.status_code, Code.HTTP_ERROR)
    return problem_response(
        code,
        _DETAILS.get(code, str(raised.detail)),
        request_id_of(request),
        http_status=raised.status_code,
        headers=raised.headers,
    )


async def _unavailable(request: Request, error: Exception) -> Response:
    _log.warning("request.unavailable", error=str(error))
    return problem_response(
        Code.UNAVAILABLE,
        "Something that this request needs does not answer. Try again in a moment.",
        request_id_of(request),
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


async def _not_modified(request: Request, error: Exception) -> Response:
    return cast("NotModified", error).response()


_CODES = {
    400: Code.INVALID_REQUEST,
    404: Code.ROUTE_NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.BODY_TOO_LARGE,
}
_DETAILS = {
    Code.ROUTE_NOT_FOUND: "There is nothing at this address.",
    Code.METHOD_NOT_ALLOWED: "The Allow header lists the methods that this address takes.",
}


def _field_error(error: dict[str, Any]) -> FieldError:
    place: Sequence[Any] = [part for part in error["loc"] if part not in _UNION_TAGS]
    return FieldError(
        field=_sendable(".".join(map(str, place))),
        message=_sendable(str(error["msg"]).removeprefix("Value error, ")),
        type=str(error["type"]),
    )


def _sendable(text: str) -> str:
    """Names come from the request: any length, and with characters that UTF-8 does not have."""
    return text[:200].encode("utf-8", "replace").decode("utf-8")


def _plain(value: object) -> object:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    raise TypeError(type(value).__name__)
