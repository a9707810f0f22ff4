"""Parts that are away or restart, and many clients at once; the API is a real process."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from adapters import postgres
from adapters.errors import TransientError
from adapters.signing_keys import KeyRing
from api.principal import Tokens
from devstack.stack import Stack
from devstack.testing.databases import Database
from schema.enums import Role
from tests.api.client import good, problem
from tests.api.conftest import AUDIENCE, ISSUER
from tests.api.load import Call, Load
from tests.api.world import Org
from tests.waiting import eventually

PARTS = ("postgres", "schema", "temporal", "s3", "oidc", "api")
POOL = 10
CLIENTS = 200
# So many presigns a minute has a device.
DEVICES = 20


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Servers and the API for these tests alone: nobody else's are restarted."""
    settings = {"IMAGING360_API_POOL_SIZE": str(POOL)}
    directory = tmp_path_factory.mktemp("outages")
    with Stack(directory, parts=PARTS, durable=False, extra_env=settings) as running:
        yield running


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Iterator[postgres.Database]:
    """The tables' owner in the stack's database."""
    database = postgres.Database(stack.postgres.url("owner"), pool_size=2)
    yield database
    database.close()


@pytest.fixture
async def http(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running API."""
    async with httpx.AsyncClient(base_url=stack.api.url, timeout=60) as client:
        yield client


class Crowd:
    """An organization's devices and its reviewer, with tokens of the stack's key."""

    def __init__(self, stack: Stack, org: Org) -> None:
        keys = Path(stack.settings("api")["IMAGING360_JWT_KEYS_DIR"])
        ring = KeyRing(keys, issuer=ISSUER, audience=AUDIENCE)
        tokens = Tokens(ring, device_days=1, user_hours=1)
        devices = [org.another_device() for _ in range(DEVICES)]
        self._org = org
        self._devices = [_bearer(tokens.for_device(org.id, one).value) for one in devices]
        reviewer = org.users[Role.REVIEWER]
        token = tokens.for_user(org.id, reviewer, Role.REVIEWER, [org.here]).value
        self._reviewer = _bearer(token)

    def images(self, session: UUID) -> Call:
        """GET /images."""
        return Call("GET", "/images", self._reviewer, params={"session_id": str(session)})

    def presign(self, session: UUID, device: int = 0) -> Call:
        """POST /presign for a new picture."""
        picture = {"file_name": "a.jpg", "content_type": "image/jpeg", "angle_deg": 0}
        body = {"session_id": str(session), "content_sha256": uuid4().hex * 2, **picture}
        return Call("POST", "/presign", self._devices[device], body)

    def clients(self, count: int) -> list[Callable[[], Call]]:
        """Each goes through the three most frequent requests, beginning at another one."""
        sessions = [self._org.session() for _ in range(8)]
        for session, angle in itertools.product(sessions, (0, 90, 180, 270)):
            self._org.image(session, angle_deg=angle)
        return [self._client(sessions[number % 8], number) for number in range(count)]

    def _client(self, session: UUID, number: int) -> Callable[[], Call]:
        device = number % DEVICES
        calls: list[Callable[[], Call]] = [
            lambda: self.images(session),
            lambda: Call("GET", "/sessions", self._devices[device], params={"limit": "8"}),
            lambda: self.presign(session, device),
        ]
        turn = itertools.cycle([*calls[number % 3 :], *calls[: number % 3]])
        return lambda: next(turn)()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def crowd(stack: Stack, org: Org) -> Crowd:
    """Who asks."""
    return Crowd(stack, org)


@asynccontextmanager
async def _without(stack: Stack, part: str) -> AsyncIterator[None]:
    """A part stopped, and started again."""
    await asyncio.to_thread(stack.stop_part, part)
    try:
        yield
    finally:
        await asyncio.to_thread(stack.start_part, part)


async def test_without_temporal_finished_images_are_listed(
    stack: Stack, http: httpx.AsyncClient, org: Org, crowd: Crowd
) -> None:
    session = org.session()
    image = org.image(session)
    async with _without(stack, "temporal"):
        listed = good(await crowd.images(session).send(http))
        assert [item["id"] for item in listed["items"]] == [str(image)]
        assert listed["pending_known"] is False
        assert good(await http.get("/readyz"))["status"] == "degraded"

    async def known_again() -> bool:
        return bool(good(await crowd.images(session).send(http))["pending_known"])

    await eventually(known_again)


async def test_without_s3_presign_works(
    stack: Stack, http: httpx.AsyncClient, org: Org, crowd: Crowd
) -> None:
    session = org.session()
    async with _without(stack, "s3"):
        signed = good(await crowd.presign(session).send(http))
        assert signed["upload_url"].startswith(stack.s3.endpoint)
        good(await crowd.images(session).send(http))


def _say_when_to_come_back(load: Load) -> None:
    for answer in load.answers:
        if answer.status_code == 503:
            problem(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0


async def test_postgres_restarts_under_load(stack: Stack, crowd: Crowd) -> None:
    load = Load(stack.api.url, crowd.clients(30))
    asking = asyncio.create_task(load.run())
    await eventually(lambda: load.statuses[200] > 60, seconds=60)
    async with _without(stack, "postgres"):
        await eventually(lambda: load.statuses[503] > 20, seconds=60)
    load.end()
    await asking
    assert set(load.statuses) == {200, 503}
    _say_when_to_come_back(load)
    after = Load(stack.api.url, crowd.clients(30))
    await after.run(times=4)
    assert after.statuses == {200: 120}


def _connections(stack: Stack) -> int:
    """How many the API has open at this moment."""
    with psycopg.connect(stack.postgres.admin_url()) as connection:
        counted = connection.execute(
            "SELECT count(*)::int FROM pg_stat_activity WHERE usename = 'imaging360_api'"
        ).fetchone()
    return counted[0] if counted else 0


async def test_many_clients_at_once(stack: Stack, crowd: Crowd) -> None:
    load = Load(stack.api.url, crowd.clients(CLIENTS))
    asking = asyncio.create_task(load.run(times=4))
    open_at_once = 0
    while not asking.done():
        open_at_once = max(open_at_once, await asyncio.to_thread(_connections, stack))
    await asking
    assert set(load.statuses) <= {200, 503}
    _say_when_to_come_back(load)
    assert load.statuses[200] > 0
    assert 1 < open_at_once <= POOL
    print(f"{load.figures()}, {open_at_once} connections")


async def test_who_waits_too_long_for_a_connection_is_told(module_database: Database) -> None:
    database = postgres.AsyncDatabase(module_database.api, pool_size=1, wait_seconds=0.1)
    async with database.transaction(uuid4()):
        with pytest.raises(TransientError, match="no free connection"):
            await database.ping()
    await database.ping()
    await database.close()
