"""A proxy before SQS that delivers every message three times, in another order.

The queue stays the real one: receipts are its own, and what is deleted is deleted there. Requests
pass as they came, with their Host header, since it is signed.
"""

import asyncio
import json
import random
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from devstack import wait
from devstack.errors import StackError

_COPIES = 2
_LARGEST_BATCH = 10
_RECEIVE = "AmazonSQS.ReceiveMessage"
_NOT_PASSED_ON = {"content-length", "transfer-encoding", "connection", "content-encoding"}


class Echo:
    """Forwards to `endpoint`; `copies` counts the deliveries that SQS did not make."""

    def __init__(self, endpoint: str, seed: int) -> None:
        self.copies = 0
        self._http = httpx.AsyncClient(base_url=endpoint, timeout=40)
        self._dice = random.Random(seed)
        self._later: list[dict[str, Any]] = []

    async def close(self) -> None:
        """End the connections to the real queue."""
        await self._http.aclose()

    async def forward(self, request: Request) -> Response:
        """Pass one request on, and mix what comes back from a receive with earlier messages."""
        if request.url.path == "/_echo":
            return Response("here")
        try:
            answer = await self._http.request(
                request.method,
                str(request.url.path),
                params=request.query_params,
                headers=request.headers,
                content=await request.body(),
            )
        except httpx.TransportError:
            return Response("the queue is away", status_code=503)
        body = answer.content
        if answer.is_success and request.headers.get("x-amz-target") == _RECEIVE:
            body = self._mixed(body)
        headers = {k: v for k, v in answer.headers.items() if k.lower() not in _NOT_PASSED_ON}
        return Response(body, answer.status_code, headers)

    def _mixed(self, body: bytes) -> bytes:
        document = json.loads(body or b"{}")
        fresh = document.get("Messages") or []
        self._dice.shuffle(self._later)
        room = _LARGEST_BATCH - len(fresh)
        again = [self._later.pop() for _ in range(min(room, len(self._later)))]
        self.copies += len(again)
        self._later += fresh * _COPIES
        delivered = fresh + again
        self._dice.shuffle(delivered)
        return json.dumps(document | {"Messages": delivered}).encode()


@asynccontextmanager
async def echoing(endpoint: str, port: int, seed: int) -> AsyncIterator[Echo]:
    """An Echo that listens on 127.0.0.1:`port`."""
    echo = Echo(endpoint, seed)
    route = Route("/{path:path}", echo.forward, methods=["GET", "POST"])
    config = uvicorn.Config(
        Starlette(routes=[route]), host="127.0.0.1", port=port, log_level="warning", lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.to_thread(_until_it_listens, port)
        yield echo
    finally:
        server.should_exit = True
        await serving
        await echo.close()


def _until_it_listens(port: int) -> None:
    address = f"http://127.0.0.1:{port}/_echo"
    if not wait.until(lambda: wait.http_ok(address), seconds=10, cancel=threading.Event()):
        raise StackError(f"the proxy before SQS does not listen on port {port}")
