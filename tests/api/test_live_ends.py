"""A stream ends with the right to watch, and with the server."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.signing_keys import KeyRing
from schema.enums import Role
from tests.api.client import Api, good
from tests.api.conftest import AUDIENCE, ISSUER
from tests.api.streams import Process, Watch
from tests.api.world import Org


async def _end(watch: Watch) -> str:
    reason = (await watch.next("end")).data["reason"]
    with pytest.raises(EOFError):
        await watch.next()
    return str(reason)


async def test_a_stream_ends_with_its_token(
    running: Process, keys_dir: Path, org: Org, api: Api
) -> None:
    session = org.session()
    ring = KeyRing(keys_dir, issuer=ISSUER, audience=AUDIENCE)
    admin = org.users[Role.ADMIN]
    claims = {"sub": str(admin), "user_id": str(admin), "org_id": str(org.id), "role": "admin"}
    short = ring.sign({**claims, "jti": "1"}, timedelta(seconds=2))[0]
    headers = {"Authorization": f"Bearer {short}"}
    answer = await running.http.post(
        "/live/tickets", json={"session_id": str(session)}, headers=headers
    )
    ticket = good(answer, 201)["ticket"]
    async with running.watch(session, ticket=ticket) as by_ticket:
        async with running.watch(session, short) as by_token:
            assert await _end(by_token) == "token_expired"
        assert await _end(by_ticket) == "token_expired"


async def test_a_stream_ends_when_its_owner_is_shut_out(
    running: Process, api: Api, org: Org
) -> None:
    session, reviewer = org.session(), org.users[Role.REVIEWER]
    async with running.watch(session, api.token(org, Role.REVIEWER)) as watch:
        await watch.next("session")
        headers = {"Authorization": f"Bearer {api.token(org, Role.ADMIN)}"}
        await running.http.patch(f"/users/{reviewer}", json={"disabled": True}, headers=headers)
        assert await _end(watch) == "revoked"


async def test_a_stream_ends_when_the_session_leaves_the_readers_sight(
    running: Process, api: Api, org: Org
) -> None:
    """As GET /images then says 404: another person's session that is over."""
    session = org.session(opened_by=Role.ADMIN)
    async with running.watch(session, api.token(org, Role.OPERATOR)) as watch:
        await watch.next("session")
        await api.call("PATCH", f"/sessions/{session}", of=org, json={"status": "completed"})
        assert await _end(watch) == "revoked"


async def test_a_stop_ends_streams_at_once(running: Process, api: Api, org: Org) -> None:
    session = org.session()
    async with running.watch(session, api.token(org, Role.ADMIN)) as watch:
        await watch.next("session")
        running.server.should_exit = True
        assert await _end(watch) == "server_stopping"
        # Less than the time after which the server would cut the answers under way.
        async with asyncio.timeout(8):
            await running.serving
