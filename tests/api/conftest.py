"""The API with real backends: PostgreSQL, Temporal, an OIDC issuer, S3 signatures."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from temporalio.client import Client

from adapters import postgres, temporal
from adapters.oidc import OidcTrust, OidcVerifier
from adapters.parked import ParkedImages
from adapters.ports import ObjectStore
from adapters.s3 import AwsAccess, S3ObjectStore
from adapters.signing_keys import KeyRing, ensure_key
from api.application import contract_app
from api.backends import Backends, Options
from api.images.urls import SignedUrls
from api.live.hub import Hub
from api.principal import Tokens
from api.rate_limits import RateLimits, Rates, storage_of
from api.revocation import Revocations
from devstack.oidc import CLIENT_ID
from devstack.testing.databases import Database
from devstack.testing.servers import TemporalServer
from tests.api.client import MAX_UPLOAD_BYTES, Api, serve
from tests.api.pipeline import Pipeline
from tests.api.streams import Process, process
from tests.api.world import Org

ISSUER = "imaging360"
AUDIENCE = "imaging360-api"
ANSWER_SECONDS = 1.0


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with one signing key."""
    directory = tmp_path_factory.mktemp("keys")
    ensure_key(directory)
    return directory


@pytest.fixture
def tokens(keys_dir: Path) -> Tokens:
    """The issuer of our tokens."""
    ring = KeyRing(keys_dir, issuer=ISSUER, audience=AUDIENCE)
    return Tokens(ring, device_days=30, user_hours=8)


@pytest.fixture(scope="module")
def owner(module_database: Database) -> Iterator[postgres.Database]:
    """The tables' owner, who writes what tests start from."""
    database = postgres.Database(module_database.owner, pool_size=2)
    yield database
    database.close()


@pytest.fixture
def org(owner: postgres.Database) -> Org:
    """An organization of its own for each test."""
    return Org(owner).found()


@pytest.fixture
def other(owner: postgres.Database) -> Org:
    """Another organization."""
    return Org(owner).found()


@pytest.fixture(scope="module")
def store() -> ObjectStore:
    """Signs; nothing listens there. Tests that send files bring a real one."""
    access = AwsAccess(
        region="eu-central-1",
        endpoint_url="http://127.0.0.1:9",
        access_key_id="AKIDEXAMPLE",
        secret_access_key="secret",
        connections=1,
    )
    return S3ObjectStore(access, "bucket")


@pytest.fixture
async def temporal_client(temporal_server: TemporalServer) -> Client:
    """A connection to the real server."""
    return await temporal.connect(temporal.TemporalAccess(temporal_server.address, "default"))


@pytest.fixture
async def backends(
    module_database: Database,
    store: ObjectStore,
    temporal_client: Client,
    oidc_issuer: str,
    tokens: Tokens,
) -> AsyncIterator[Backends]:
    """What the door would open. Nothing is cached for longer than a question takes."""
    database = postgres.AsyncDatabase(module_database.api, pool_size=10)
    trust = OidcTrust(oidc_issuer, [CLIENT_ID], cooldown_seconds=0)
    # No window of the URLs' life ends within a test.
    urls = SignedUrls(store, seconds=3600, clock=lambda: 0.0)
    pending = temporal.PendingImages(temporal_client, cache_seconds=0)
    live = Hub(database, module_database.api, pending, urls)
    async with httpx.AsyncClient(timeout=5) as http:
        yield Backends(
            database=database,
            store=store,
            urls=urls,
            pending=pending,
            parked=ParkedImages(temporal_client, answer_seconds=ANSWER_SECONDS),
            oidc=OidcVerifier(http, trust),
            tokens=tokens,
            revocations=Revocations(database, seconds=10),
            live=live,
            limits=RateLimits(storage_of("memory://"), Rates()),
            options=Options(max_upload_bytes=MAX_UPLOAD_BYTES),
        )
    await live.close()
    await database.close()


@pytest.fixture(scope="session")
def application() -> FastAPI:
    """Building it anew for every test would take longer than the test."""
    return contract_app()


@pytest.fixture
async def api(application: FastAPI, backends: Backends) -> AsyncIterator[Api]:
    """The application, as a production deployment has it."""
    async with serve(application, backends) as running:
        yield running


@pytest.fixture
async def open_api(application: FastAPI, backends: Backends) -> AsyncIterator[Api]:
    """The application with open enrolment."""
    options = replace(backends.options, open_enrollment=True)
    async with serve(application, replace(backends, options=options)) as running:
        yield running


@pytest.fixture
async def api_without_temporal(application: FastAPI, backends: Backends) -> AsyncIterator[Api]:
    """The application while nobody answers at Temporal's address."""
    client = await temporal.connect(temporal.TemporalAccess("127.0.0.1:9", "default"), lazy=True)
    pending = temporal.PendingImages(client, cache_seconds=0, timeout=1)
    away = replace(backends, pending=pending, parked=ParkedImages(client, timeout=1))
    async with serve(application, away) as running:
        yield running


@pytest.fixture
async def pipeline(temporal_client: Client) -> AsyncIterator[Pipeline]:
    """Puts images into the pipeline."""
    running = Pipeline(temporal_client)
    yield running
    await running.end()


@pytest.fixture
async def running(backends: Backends, module_database: Database) -> AsyncIterator[Process]:
    """An API process on a port."""
    async with process(backends, module_database.api) as one:
        yield one
