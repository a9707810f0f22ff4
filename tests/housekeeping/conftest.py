"""The ledger's activities on real PostgreSQL, S3 and Temporal, as `housekeeping.py` wires them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import CursorResult, text
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from activities.inspector import Inspector
from activities.ledger import PromiseChecks
from activities.sample import ThumbnailSample
from adapters import temporal
from adapters.housekeeping import PostgresTenants
from adapters.image_runs import TemporalImageRuns
from adapters.ledger import PostgresLedger
from adapters.postgres import Database
from adapters.records import PostgresImageRecords
from adapters.s3 import AwsAccess, S3ObjectStore
from adapters.temporal import TemporalAccess
from devstack.aws import ObjectStore
from devstack.testing.databases import Database as Migrated
from devstack.testing.servers import TemporalServer
from schema import contracts, housekeeping
from schema.contracts import ImageOutcome, ImageRef, RecordInput, StoredFile, ThumbnailsResult
from schema.housekeeping import (
    LedgerCounts,
    LedgerReport,
    LedgerRules,
    PromiseLook,
    SampleLook,
    SamplePlace,
)
from schema.keys import parse_key
from tests.rows import Yard, a_yard

DATA = b"the photo"
# Without patience: what a test does is looked at at once.
RULES = LedgerRules(grace_seconds=0, lost_seconds=0)
Handle = WorkflowHandle[object, object]


@dataclass
class House:
    """The ledger, and hands to make things go wrong with."""

    client: Client
    store: S3ObjectStore
    account: ObjectStore
    worker: Database
    owner: str
    started: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        tenants, ledger = PostgresTenants(self.worker), PostgresLedger(self.worker)
        inspector = Inspector(self.store, TemporalImageRuns(self.client))
        self.records = PostgresImageRecords(self.worker, {})
        self.checks = PromiseChecks(tenants, ledger, inspector)
        self.sampler = ThumbnailSample(tenants, ledger, inspector)

    def yard(self) -> Yard:
        """Another organization."""
        return a_yard(self.owner)

    def promised(self, yard: Yard, *, angle_deg: int = 0) -> ImageRef:
        """A presign, and nothing sent."""
        image = yard.promise(DATA, angle_deg=angle_deg)
        self.started += [contracts.workflow_id(image.upload_id)]
        self.started += [housekeeping.repair_id(image.upload_id)]
        return image

    def sent(self, yard: Yard, *, angle_deg: int = 0) -> ImageRef:
        """A presign and its PUT; the event is lost."""
        image = self.promised(yard, angle_deg=angle_deg)
        self.store.put(image.storage_key, DATA, "image/jpeg")
        return image

    def processed(self, yard: Yard, *, angle_deg: int = 0) -> ImageRef:
        """An image with its row and its thumbnails."""
        image = self.sent(yard, angle_deg=angle_deg)
        key = parse_key(image.storage_key)
        assert key is not None
        keys = {str(size): key.thumbnail(size) for size in (150, 600, 1200)}
        for thumbnail in keys.values():
            self.store.put(thumbnail, b"small", "image/jpeg")
        self.records.arrive(image)
        self.record(image, thumbnails=ThumbnailsResult(keys, {}, 4000, 3000))
        return image

    def record(self, image: ImageRef, *, thumbnails: ThumbnailsResult | None) -> ImageOutcome:
        """What the last step of the pipeline writes."""
        file = StoredFile("ab" * 32, len(DATA), "image/jpeg", 0, None)
        return self.records.record(RecordInput(image, file, thumbnails=thumbnails))

    def drop(self, key: str) -> None:
        """Somebody deletes an object."""
        self.account.account.s3().delete_object(Bucket=self.account.bucket, Key=key)

    def sql(self, yard: Yard, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Rows, or a change, in the yard's organization."""
        with yard.database.transaction(yard.org_id) as session:
            done = session.execute(text(statement), values)
            assert isinstance(done, CursorResult)
            return [tuple(row) for row in done] if done.returns_rows else []

    def upload(self, yard: Yard, image: ImageRef) -> dict[str, object]:
        """What the ledger has written down."""
        wanted = "SELECT check_at, lost_at, arrived_at FROM uploads WHERE id = :id"
        ((check_at, lost_at, arrived_at),) = self.sql(yard, wanted, id=image.upload_id)
        return {"open": check_at is not None, "lost": lost_at is not None, "arrived": arrived_at}

    def expire(self, yard: Yard, image: ImageRef) -> None:
        """The presigned URL was made an hour ago."""
        past = "created_at = now() - interval '1 h', expires_at = now() - interval '45 min'"
        self.sql(yard, f"UPDATE uploads SET {past} WHERE id = :id", id=image.upload_id)

    def due(self, yard: Yard) -> None:
        """Time passes: whatever waits is looked at again."""
        self.sql(yard, "UPDATE uploads SET check_at = now() WHERE check_at IS NOT NULL")

    def events(self, yard: Yard, entity: str | UUID) -> list[str]:
        """The audit trail of an entity."""
        wanted = "SELECT event_type FROM events WHERE entity_id = :id ORDER BY id"
        return [str(kind) for (kind,) in self.sql(yard, wanted, id=entity)]

    async def look(self, rules: LedgerRules = RULES) -> LedgerCounts:
        """One look at every organization."""
        return (await self.checks.check_promises(PromiseLook(rules))).counts

    async def sample(
        self, place: SamplePlace | None = None, rules: LedgerRules = RULES
    ) -> LedgerReport:
        """One look at the rotating sample."""
        look = SampleLook(rules, place or SamplePlace())
        return await self.sampler.sample_thumbnails(look)

    def workflow(self, image: ImageRef) -> Handle:
        """The image's workflow."""
        return self.client.get_workflow_handle(contracts.workflow_id(image.upload_id))

    def repair(self, image: ImageRef) -> Handle:
        """The repair of its thumbnails."""
        return self.client.get_workflow_handle(housekeeping.repair_id(image.upload_id))

    async def end(self) -> None:
        """Leave nothing running on the shared server: nobody works its queues off."""
        for workflow_id in self.started:
            with suppress(RPCError):
                await self.client.get_workflow_handle(workflow_id).terminate()


@pytest.fixture
def worker_database(database: Migrated) -> Iterator[Database]:
    """A fresh database, as the worker's role."""
    connections = Database(database.worker, pool_size=2)
    yield connections
    connections.close()


@pytest.fixture
async def house(
    temporal_server: TemporalServer,
    object_store: ObjectStore,
    database: Migrated,
    worker_database: Database,
) -> AsyncIterator[House]:
    """The ledger on a database of its own."""
    account, keys = object_store.account, object_store.keys["worker"]
    aws = AwsAccess(
        region=account.region,
        endpoint_url=account.endpoint,
        access_key_id=keys.access_key_id,
        secret_access_key=keys.secret_access_key,
    )
    access = TemporalAccess(temporal_server.address, temporal_server.namespace)
    client = await temporal.connect(access)
    store = S3ObjectStore(aws, object_store.bucket)
    found = House(client, store, object_store, worker_database, database.owner)
    yield found
    await found.end()
