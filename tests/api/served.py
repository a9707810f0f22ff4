"""The API as its door opens it, on a port of this process, for clients that speak HTTP."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.application import create_app
from api.main import open_backends
from settings import ApiSettings

Answered = Counter[tuple[str, int]]


@dataclass(frozen=True)
class Served:
    """Where it is, and how often an operation (`GET /sessions/{session_id}`) gave which status."""

    url: str
    answered: Answered


@contextmanager
def served(settings: ApiSettings) -> Iterator[Served]:
    """Serve in a thread with an event loop of its own."""
    app = _Counted(create_app(lambda: open_backends(settings)))
    config = uvicorn.Config(app, port=0, access_log=False, log_config=None)
    server = uvicorn.Server(config)
    listening = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(server, listening)))
    thread.start()
    try:
        assert listening.wait(60)
        assert server.started
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(f"http://127.0.0.1:{port}", app.answered)
    finally:
        server.should_exit = True
        thread.join()


async def _serve(server: uvicorn.Server, listening: threading.Event) -> None:
    serving = asyncio.create_task(server.serve())
    # uvicorn has no event for it.
    while not (server.started or serving.done()):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    listening.set()
    await serving


class _Counted:
    """Counts an application's answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.answered: Answered = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start" and "route" in scope:
                operation = f"{scope['method']} {scope['route'].path}"
                self.answered[operation, message["status"]] += 1
            await send(message)

        await self._app(scope, receive, counting)
