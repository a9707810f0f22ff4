"""The API's door: settings -> adapters -> application. `uvicorn --factory api.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from adapters import logs, temporal
from adapters.oidc import OidcTrust, OidcVerifier
from adapters.postgres import AsyncDatabase
from adapters.s3 import AwsAccess, S3ObjectStore
from adapters.signing_keys import KeyRing, ensure_key
from api.application import create_app
from api.backends import Backends, Options
from api.images.parking import ParkedImages
from api.images.urls import SignedUrls
from api.principal import Tokens
from api.rate_limits import RateLimits, Rates, storage_of
from api.revocation import Revocations
from settings import ApiSettings, load


def app() -> FastAPI:
    """The application, as the environment describes it."""
    settings = load(ApiSettings)
    logs.configure(settings.log_level, settings.log_format)
    return create_app(lambda: open_backends(settings), settings.cors_origins)


@asynccontextmanager
async def open_backends(settings: ApiSettings) -> AsyncIterator[Backends]:
    """The real adapters. Nothing outside needs to be up: requests say what is missing."""
    database = AsyncDatabase(
        settings.api_database_url.get_secret_value(), pool_size=settings.api_pool_size
    )
    store = S3ObjectStore(AwsAccess.of(settings, connections=1).s3(), settings.s3_bucket)
    client = await temporal.connect(temporal.TemporalAccess.of(settings), lazy=True)
    async with httpx.AsyncClient(timeout=5, follow_redirects=False) as http:
        try:
            yield Backends(
                database=database,
                store=store,
                urls=SignedUrls(store, seconds=settings.publish_url_seconds),
                pending=temporal.PendingImages(client),
                parked=ParkedImages(client),
                oidc=OidcVerifier(http, _trust(settings)),
                tokens=_tokens(settings),
                limits=_limits(settings),
                revocations=Revocations(database, seconds=settings.revocation_seconds),
                options=_options(settings),
            )
        finally:
            await database.close()


def _trust(settings: ApiSettings) -> OidcTrust:
    named = settings.oidc_audience
    return OidcTrust(settings.oidc_issuer, named.split(",") if isinstance(named, str) else named)


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


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests under way."""
    settings = load(ApiSettings)
    uvicorn.run(
        "api.main:app",
        factory=True,
        host=settings.api_host,
        port=settings.api_port,
        # Our own log line a request has the id, the organization and the time that it took.
        access_log=False,
        log_config=None,
        server_header=False,
        # X-Forwarded-For is believed from the settings' trusted proxies only.
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
