"""POST /live/tickets: a way into one stream, once, in any process."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from api.backends import Backends
from devstack.testing.databases import Database
from schema.enums import Role
from tests.api.client import Api, good, problem
from tests.api.streams import Process, Watch, process
from tests.api.world import Org


async def _ticket(api: Api, org: Org, session: UUID, role: Role = Role.ADMIN) -> str:
    body = {"session_id": str(session)}
    answer = good(await api.call("POST", "/live/tickets", of=org, role=role, json=body), 201)
    left = datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)
    assert timedelta(seconds=25) < left < timedelta(seconds=35)
    return str(answer["ticket"])


async def _answers(one: Process, session: UUID, ticket: str) -> tuple[int, str]:
    query = {"session_id": str(session), "ticket": ticket}
    async with one.http.stream("GET", "/live", params=query) as answer:
        if answer.is_success:
            return answer.status_code, (await Watch(answer).next()).kind
        await answer.aread()
        return answer.status_code, answer.json()["code"]


async def test_of_two_processes_one_takes_the_ticket(
    backends: Backends, module_database: Database, api: Api, org: Org
) -> None:
    session = org.session()
    async with AsyncExitStack() as stack:
        both = [
            await stack.enter_async_context(process(backends, module_database.api))
            for _ in range(2)
        ]
        for _ in range(5):
            ticket = await _ticket(api, org, session)
            tries = [_answers(one, session, ticket) for one in both * 2]
            refused = (401, "ticket_invalid")
            assert sorted(await asyncio.gather(*tries)) == [(200, "session")] + 3 * [refused]


async def test_a_ticket_is_for_one_session_and_for_thirty_seconds(api: Api, org: Org) -> None:
    session, another = org.session(), org.session()
    ticket = await _ticket(api, org, session)
    problem(
        await api.call("GET", "/live", session_id=another, ticket=ticket), 401, "ticket_invalid"
    )
    good_one = await api.call("GET", "/live", session_id=session, ticket=ticket)
    assert good_one.status_code == 200
    late = await _ticket(api, org, session)
    with org.database.transaction(org.id) as transaction:
        kept = transaction.execute(text("SELECT * FROM live_tickets")).one()
        assert late not in repr(kept)
        transaction.execute(text("UPDATE live_tickets SET expires_at = now()"))
    problem(await api.call("GET", "/live", session_id=session, ticket=late), 401, "ticket_invalid")
    # The next one sweeps the expired ones out.
    await _ticket(api, org, session)
    with org.database.transaction(org.id) as transaction:
        assert transaction.execute(text("SELECT count(*) FROM live_tickets")).scalar_one() == 1


@pytest.mark.parametrize("ticket", ["", "x", "é", "A" * 64, "A" * 63, "-_" * 32, "A" * 10_000])
async def test_what_is_no_ticket_opens_nothing(api: Api, org: Org, ticket: str) -> None:
    session = org.session()
    answer = await api.call("GET", "/live", session_id=session, ticket=ticket)
    assert answer.status_code == 401
    assert answer.json()["code"] in {"ticket_invalid", "token_missing"}


async def test_a_ticket_speaks_for_whoever_asked_for_it(
    api: Api, org: Org, other: Org, backends: Backends
) -> None:
    session = org.session()
    body = {"session_id": str(session)}
    problem(await api.call("POST", "/live/tickets", of=other, json=body), 404, "session_not_found")
    # Another organization's name on a stolen secret leads nowhere.
    stolen = await _ticket(api, org, session)
    theirs = await _ticket(api, other, other.session())
    mixed = theirs[:21] + stolen[21:]
    problem(await api.call("GET", "/live", session_id=session, ticket=mixed), 401, "ticket_invalid")
    # Whoever was shut out meanwhile does not get in, nor sees what the role may not see.
    held = await _ticket(api, org, session, Role.REVIEWER)
    backends.revocations.shut_out(org.id, org.users[Role.REVIEWER])
    problem(await api.call("GET", "/live", session_id=session, ticket=held), 401, "token_revoked")
    operators = await _ticket(api, org, session, Role.OPERATOR)
    assert (await api.call("GET", "/live", session_id=session, ticket=operators)).is_success


async def test_nobody_hoards_tickets(api: Api, org: Org) -> None:
    session = org.session()
    for _ in range(20):
        await _ticket(api, org, session)
    body = {"session_id": str(session)}
    refused = await api.call("POST", "/live/tickets", of=org, json=body)
    problem(refused, 429, "rate_limited")
    assert refused.headers["retry-after"] == "30"
    await _ticket(api, org, session, Role.REVIEWER)
