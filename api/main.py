"""The API's door: settings -> adapters -> application. `python -m api.main`."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress

import httpx
import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from adapters import logs, temporal, tracing
from adapters.metrics import ApiMetrics, served
from adapters.oidc import OidcTrust, OidcVerifier
from adapters.parked import ParkedImages
from adapters.postgres import AsyncDatabase
from adapters.s3 import AwsAccess, S3ObjectStore
from adapters.signing_keys import KeyRing, ensure_key
from adapters.tracing import Tracing
from api.application import create_app
from api.backends import Backends, Options
from api.images.urls import SignedUrls
from api.live.hub import Hub
from api.portal import Portal, object_origins
from api.principal import Tokens
from api.rate_limits import RateLimits, Rates, storage_of
from api.revocation import Revocations
from settings import ApiSettings, load


def app() -> FastAPI:
    """The application, as the environment describes it."""
    settings = load(ApiSettings)
    logs.configure(settings.log_level, settings.log_format)
    return create_app(lambda: open_backends(settings), settings.cors_origins, _portal(settings))


@asynccontextmanager
async def open_backends(settings: ApiSettings) -> AsyncIterator[Backends]:
    """The real adapters. Nothing outside needs to be up: requests say what is missing."""
    traces = tracing.configure("api", settings.otlp_endpoint, settings.trace_ratio)
    metrics = ApiMetrics()
    with closing(traces), served(metrics.registry, settings.metrics_host, settings.metrics_port):
        async with _adapters(settings, metrics, traces) as backends:
            yield backends


@asynccontextmanager
async def _adapters(
    settings: ApiSettings, metrics: ApiMetrics, traces: Tracing
) -> AsyncIterator[Backends]:
    database_url = settings.api_database_url.get_secret_value()
    database = AsyncDatabase(
        database_url,
        pool_size=settings.api_pool_size,
        wait_seconds=settings.api_pool_wait_seconds,
    )
    metrics.watch_pool(lambda: database.pool)
    store = S3ObjectStore(AwsAccess.of(settings, connections=1), settings.s3_bucket)
    client = await temporal.connect(temporal.TemporalAccess.of(settings), lazy=True)
    urls = SignedUrls(store, seconds=settings.publish_url_seconds)
    pending = temporal.PendingImages(client)
    live = Hub(database, database_url, pending, urls)
    async with httpx.AsyncClient(timeout=5, follow_redirects=False) as http:
        try:
            yield Backends(
                database=database,
                store=store,
                urls=urls,
                pending=pending,
                parked=ParkedImages(client),
                oidc=OidcVerifier(http, _trust(settings)),
                tokens=_tokens(settings),
                limits=_limits(settings),
                revocations=Revocations(database, seconds=settings.revocation_seconds),
                live=live,
                options=_options(settings),
                metrics=metrics,
                tracing=traces,
            )
        finally:
            await live.close()
            await database.close()


def _portal(settings: ApiSettings) -> Portal | None:
    if settings.portal_dir is None:
        return None
    return Portal(
        settings.portal_dir,
        issuer=settings.oidc_issuer,
        client_id=_audience(settings)[0],
        object_origins=object_origins(
            settings.aws_endpoint_url, settings.aws_region, settings.s3_bucket
        ),
    )


def _audience(settings: ApiSettings) -> list[str]:
    named = settings.oidc_audience
    return named.split(",") if isinstance(named, str) else named


def _trust(settings: ApiSettings) -> OidcTrust:
    return OidcTrust(settings.oidc_issuer, _audience(settings))


def _tokens(settings: ApiSettings) -> Tokens:
    if settings.environment != "production":
        ensure_key(settings.jwt_keys_dir)
    ring = KeyRing(
        settings.jwt_keys_dir, issuer=settings.jwt_issuer, audience=settings.jwt_audience
    )
    return Tokens(
        ring, device_days=settings.device_token_days, user_hours=settings.user_token_hours
    )


def _limits(settings: ApiSettings) -> RateLimits:
    rates = Rates(
        settings.enrollments_a_minute, settings.presigns_a_minute, settings.events_a_minute
    )
    return RateLimits(storage_of(settings.rate_limit_storage), rates, settings.trusted_proxies)


def _options(settings: ApiSettings) -> Options:
    return Options(
        open_enrollment=settings.open_enrollment,
        presign_seconds=settings.presign_seconds,
        max_upload_bytes=settings.max_upload_bytes,
    )


class Server(uvicorn.Server):
    """Ends the live streams when it stops; it would wait for them otherwise."""

    def __init__(self, application: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, and finish those under way."""
        backends: Backends = self._application.state.backends
        backends.live.stop()
        await super().shutdown(sockets)


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests under way."""
    settings = load(ApiSettings)
    application = app()
    config = uvicorn.Config(
        application,
        host=settings.api_host,
        port=settings.api_port,
        # Our own log line a request has the id, the organization and the time that it took.
        access_log=False,
        log_config=None,
        server_header=False,
        # X-Forwarded-For is believed from the settings' trusted proxies only.
        proxy_headers=False,
        # Longer than the 60 s of usual load balancers: whoever closes an idle connection must not
        # be the one that a request is on its way to.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )
    server = Server(application, config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(STARTUP_FAILURE)


if __name__ == "__main__":
    main()
