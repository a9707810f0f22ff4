"""No request body beyond a limit, whether it announces its size or not."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Code
from api.problems import problem_response

_TOO_LARGE = 413


class BodyLimit:
    """Pure ASGI; stands inside `RequestContext`, whose request id its answers carry."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 at once to a body that is announced as too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > self._max_bytes:
            detail = f"At most {self._max_bytes} bytes are taken."
            response = problem_response(Code.BODY_TOO_LARGE, detail, scope["state"]["request_id"])
            await response(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                # The framework passes this one exception on from where it reads the body.
                raise HTTPException(_TOO_LARGE, f"At most {self._max_bytes} bytes are taken.")
            return message

        return receive_some
