"""The application: routers, error answers, request context. Reads no settings."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from api import problems
from api.admin.routes import router as admin
from api.auth.routes import router as auth
from api.backends import Backends, OpenBackends
from api.body_limit import BodyLimit
from api.docs.routes import route as docs
from api.events.routes import router as events
from api.health.routes import router as health
from api.images.routes import router as images
from api.live.routes import router as live
from api.openapi import describe
from api.ops.routes import router as ops
from api.portal import Portal
from api.portal import install as install_portal
from api.request_context import RequestContext
from api.sessions.routes import router as sessions
from api.sites.routes import router as sites
from api.spin.routes import router as spin
from api.uploads.routes import router as uploads

ROUTERS: Sequence[APIRouter] = (
    auth, sessions, spin, uploads, events, images, live, sites, admin, ops, health,
)  # fmt: skip
MAX_BODY_BYTES = 2**20
# Requests are traced and counted by `RequestContext`; the framework would do it a second time.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
# No cookies: a page sends its token itself.
_CORS: dict[str, Any] = {
    "allow_methods": ["GET", "POST", "PATCH", "DELETE"],
    "allow_headers": [
        "Authorization",
        "Content-Type",
        "If-None-Match",
        "Last-Event-ID",
        "X-Request-ID",
    ],
    "expose_headers": ["ETag", "Retry-After", "X-Request-ID"],
    "max_age": 600,
}


def create_app(
    open_backends: OpenBackends,
    cors_origins: Sequence[str] = (),
    portal: Portal | None = None,
) -> FastAPI:
    """The API, which opens its backends when it starts and closes them when it stops.

    Web pages of `cors_origins` may call it; without any, only pages of its own origin. With
    `portal` it serves that too.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_backends() as backends:
            app.state.backends = backends
            yield

    app = FastAPI(
        title="360 Imaging",
        version="1.0.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry=_NO_TELEMETRY,
        generate_unique_id_function=_operation_id,
    )
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.append(docs)
    if portal is not None:
        install_portal(app, portal)
    problems.install(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES)
    app.add_middleware(RequestContext)
    if cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=cors_origins, **_CORS)
    describe(app)
    return app


def contract_app() -> FastAPI:
    """The application without its backends: to read its routes, not to serve."""

    @asynccontextmanager
    async def nothing() -> AsyncIterator[Backends]:
        raise RuntimeError("this application only shows its contract")
        yield

    return create_app(nothing)


def _operation_id(route: APIRoute) -> str:
    return route.name
