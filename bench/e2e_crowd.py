"""Phones that send spins, and the rows and workflows that come of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import psycopg
from temporalio.client import Client as Temporal

from chaos.tenants import Tenant, found
from client.api import Client
from client.photos import Shot
from client.upload import Uploader
from devstack.postgres import DATABASE
from devstack.stack import Stack

FRAMES = 24
_LOOK_EVERY = 0.1
_ROWS = "SELECT created_at FROM images WHERE org_id = %s AND status = 'processed'"


@dataclass(frozen=True)
class Phone:
    """An enrolled device of a tenant."""

    client: Client
    uploader: Uploader
    tenant: Tenant

    async def send(self, shots: Sequence[Shot]) -> str:
        """Open a session and send a spin, six frames at a time; its id. Raises Imaging360Error."""
        session = await self.client.open_session(
            str(self.tenant.site_id),
            "studio360",
            stock_number=uuid4().hex[:12],
            shot_list={"studio360": {"frame_count": len(shots)}},
        )
        for outcome in await self.uploader.upload(session.id, shots):
            if outcome.error is not None:
                raise outcome.error
        return session.id


@asynccontextmanager
async def phone(stack: Stack, tenant: Tenant) -> AsyncIterator[Phone]:
    """One phone of the tenant."""
    async with Client(stack.api.url) as client, Uploader(client) as uploader:
        await client.enroll(str(tenant.org_id), enrollment_code=tenant.enrollment_code)
        yield Phone(client, uploader, tenant)


def tenants(stack: Stack, count: int) -> list[Tenant]:
    """New organizations."""
    return found(stack.postgres.url("owner"), count)


@dataclass(frozen=True)
class Results:
    """What is known of an organization's images; `database` is a superuser's connection."""

    database: "psycopg.Connection[tuple[datetime]]"
    org_id: UUID

    def recorded_at(self) -> list[datetime]:
        """When each row was written, in order."""
        return sorted(at for (at,) in self.database.execute(_ROWS, (self.org_id,)))

    async def wait(self, rows: int, seconds: float) -> list[datetime]:
        """Wait for so many rows, at most `seconds`; those there are."""
        deadline = time.monotonic() + seconds
        known = self.recorded_at()
        while len(known) < rows and time.monotonic() < deadline:
            await asyncio.sleep(_LOOK_EVERY)
            known = self.recorded_at()
        return known


@asynccontextmanager
async def results(stack: Stack, org_id: UUID) -> AsyncIterator[Results]:
    """A look at the rows of one organization."""
    url = stack.postgres.admin_url(DATABASE)
    with psycopg.connect(url, autocommit=True) as database:
        yield Results(database, org_id)


async def first_start(stack: Stack, org_id: UUID) -> datetime:
    """When the organization's first workflow was started: its first event had arrived."""
    client = await Temporal.connect(stack.temporal.address)
    return min([run.start_time async for run in client.list_workflows(f"OrgId = '{org_id}'")])


async def started_count(stack: Stack, org_id: UUID) -> int:
    """How many of the organization's uploads have a workflow."""
    client = await Temporal.connect(stack.temporal.address)
    return (await client.count_workflows(f"OrgId = '{org_id}'")).count
