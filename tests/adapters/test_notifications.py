"""Changes are told when they are committed, and the listener comes back by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg
import pytest
from sqlalchemy import text

from adapters.notifications import Change, Notifications
from devstack.testing.databases import Database
from tests.rows import Yard, a_yard
from tests.waiting import eventually

_END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name = 'imaging360 live' AND datname = current_database()"
)


@dataclass
class Heard:
    """What a listener told."""

    changes: list[Change] = field(default_factory=list)
    gaps: int = 0

    def gap(self) -> None:
        self.gaps += 1


@pytest.fixture
async def heard(database: Database) -> AsyncIterator[Heard]:
    """A listener on this test's database."""
    told = Heard()
    listener = Notifications(
        database.api,
        on_change=told.changes.append,
        on_gap=told.gap,
        ask_seconds=0.2,
        pause_seconds=0.05,
    )
    running = asyncio.create_task(listener.run())
    await eventually(lambda: told.gaps == 1)
    yield told
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def _complete(yard: Yard) -> None:
    with yard.database.transaction(yard.org_id) as transaction:
        transaction.execute(text("UPDATE sessions SET status = 'completed'"))


async def test_a_commit_is_told_once_and_a_rollback_never(database: Database, heard: Heard) -> None:
    first, second = a_yard(database.owner), a_yard(database.owner)
    with first.database.transaction(first.org_id) as transaction:
        transaction.execute(text("UPDATE sessions SET status = 'completed'"))
        transaction.rollback()
    with second.database.transaction(second.org_id) as transaction:
        for status in ("completed", "active", "abandoned"):
            transaction.execute(text("UPDATE sessions SET status = :s"), {"s": status})
        await asyncio.sleep(0.3)  # it listens on through questions of its own
        assert heard.changes == []
    await eventually(lambda: bool(heard.changes))
    _complete(first)
    await eventually(lambda: len(heard.changes) > 1)
    assert heard.changes == [
        Change(second.org_id, second.session_id),
        Change(first.org_id, first.session_id),
    ]


async def test_a_lost_connection_is_made_again_and_the_gap_is_told(
    database: Database, heard: Heard
) -> None:
    yard = a_yard(database.owner)
    for times in (2, 3):
        with psycopg.connect(database.admin, autocommit=True) as connection:
            assert connection.execute(_END).fetchall() == [(True,)]
        await eventually(lambda expected=times: heard.gaps == expected)
    heard.changes.clear()
    _complete(yard)
    await eventually(lambda: heard.changes == [Change(yard.org_id, yard.session_id)])
