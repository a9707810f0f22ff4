"""Switching results and rolling back, on real PostgreSQL, where something else came in between."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from adapters.housekeeping_ports import CampaignRefusedError
from adapters.postgres import Database
from adapters.records import PostgresImageRecords
from adapters.repositories.reprocess import PostgresCampaigns
from adapters.repositories.reprocess_turns import PostgresTurning
from devstack.testing.databases import Database as Migrated
from schema.contracts import (
    ExifResult,
    Failure,
    ImageRef,
    QcResult,
    RecordInput,
    StoredFile,
    ThumbnailsResult,
)
from schema.reprocess import (
    BatchDone,
    BatchTask,
    Campaign,
    CampaignState,
    Closing,
    PageLook,
    Progress,
    Selection,
    Turned,
    TurnTask,
)
from tests.rows import Yard, a_yard

GONE = Failure("reprocess", "object_missing", "The photo is gone.")


def found(
    image: ImageRef, overall: str, version: int, failure: Failure | None = None
) -> RecordInput:
    """What the steps give for an image; a failed one has no findings."""
    if failure is not None:
        return RecordInput(image, failure=failure)
    return RecordInput(
        image,
        StoredFile("ab" * 32, 10, "image/jpeg", 0, None),
        ExifResult({"ISO": 100 + version}, "2026-07-01T12:00:00.123456"),
        ThumbnailsResult({"150": f"key {version}"}, {"150": 150}, 4000, 3000),
        QcResult({"overall": overall, "sharpness": overall}, version, "0f" * 8),
    )


@dataclass
class House:
    """One organization's images, and its campaigns as the worker has them."""

    yard: Yard
    database: Database

    def __post_init__(self) -> None:
        self.records = PostgresImageRecords(self.database, {"qc": "1"})
        self.campaigns = PostgresCampaigns(self.database, {"qc": "2"})
        self.turning = PostgresTurning(self.database)
        self.org = str(self.yard.org_id)

    def image(self, number: int, *, failure: Failure | None = None) -> ImageRef:
        image = self.yard.promise(str(number).encode(), angle_deg=number)
        self.records.record(found(image, "pass", 1, failure))
        return image

    def computed(self, *images: ImageRef, failure: Failure | None = None) -> Campaign:
        """A campaign that judges these otherwise."""
        campaign = Campaign(str(uuid4()), self.org)
        self.campaigns.open(campaign)
        for image in images:
            self.campaigns.keep(campaign.id, found(image, "fail", 2, failure))
        state = CampaignState.COMPUTED.value
        self.campaigns.close(Closing(campaign.id, self.org, state, Progress(campaign.id)))
        return campaign

    def turn(self, campaign: Campaign, direction: str) -> Turned:
        """All at once; the second time finds it done, as after a lost answer."""
        task = TurnTask(campaign.id, self.org, direction, batch=100)
        self.turning.open(task)
        first = self.turning.turn(task)
        assert self.turning.turn(task) == first
        return first

    def rows(self) -> dict[str, Any]:
        wanted = "SELECT to_jsonb(i) - 'changed_in' FROM images i"
        with self.yard.database.transaction(self.yard.org_id) as session:
            return {row["id"]: row for (row,) in session.execute(text(wanted))}

    def publish(self, image: ImageRef) -> None:
        changed = "UPDATE images SET status = 'published' WHERE id = CAST(:id AS uuid)"
        with self.yard.database.transaction(self.yard.org_id) as session:
            session.execute(text(changed), {"id": image.upload_id})


@pytest.fixture
def house(module_database: Migrated) -> Iterator[House]:
    database = Database(module_database.worker, pool_size=1)
    yield House(a_yard(module_database.owner), database)
    database.close()


def test_what_failed_is_mended_and_fails_again(house: House) -> None:
    house.image(0)
    copy = house.image(1)
    failed = house.image(2, failure=GONE)
    before = house.rows()
    campaign = house.computed(copy, failed)
    assert house.turn(campaign, "switch").done == 2
    now = house.rows()
    assert (now[failed.upload_id]["status"], now[failed.upload_id]["failure"]) == (
        "processed",
        None,
    )
    # What it was a copy of is not forgotten with the old verdict.
    assert now[copy.upload_id]["qc"].items() >= {"overall": "fail"}.items()
    assert now[copy.upload_id]["qc"]["duplicate_of"] == before[copy.upload_id]["qc"]["duplicate_of"]
    house.turn(campaign, "rollback")
    assert house.rows() == before


def test_what_was_published_meanwhile_stays_published(house: House) -> None:
    failed, shown = house.image(0, failure=GONE), house.image(1)
    campaign = house.computed(failed, shown)
    house.turn(campaign, "switch")
    house.publish(failed)
    house.publish(shown)
    turned = house.turn(campaign, "rollback")
    assert (turned.done, turned.kept) == (1, 1)
    rows = house.rows()
    assert {row["status"] for row in rows.values()} == {"published"}
    # The one that had failed has no earlier result that could be shown.
    assert rows[failed.upload_id]["thumb_keys"] == {"150": "key 2"}
    assert rows[shown.upload_id]["thumb_keys"] == {"150": "key 1"}


def test_campaigns_are_rolled_back_from_the_top(house: House) -> None:
    image = house.image(0)
    before = house.rows()
    first, second = house.computed(image), house.computed(image)
    house.turn(first, "switch")
    between = house.rows()
    house.turn(second, "switch")
    top = house.rows()
    assert house.turn(first, "rollback").kept == 1
    assert house.rows() == top
    house.turn(second, "rollback")
    assert house.rows() == between
    house.turn(first, "rollback")
    assert house.rows() == before


def test_what_cannot_be_computed_keeps_what_it_had(house: House) -> None:
    image, other = house.image(0), house.image(1)
    before = house.rows()
    campaign = house.computed(image, failure=GONE)
    batch = BatchTask(campaign.id, house.org, [image.upload_id, other.upload_id])
    assert house.campaigns.counted(batch) == BatchDone(1, 1)
    assert [ref.upload_id for ref in house.campaigns.waiting(batch)] == [other.upload_id]
    changes = {(c.what, c.before, c.after): c for c in house.campaigns.changes(campaign)}
    assert changes["verdict", "pass", "failed"].examples == [image.upload_id]
    assert changes["failure", "none", "object_missing"].count == 1
    assert house.turn(campaign, "switch") == Turned(0, 0, None)
    assert house.rows() == before


def test_another_organization_is_out_of_reach(house: House, module_database: Migrated) -> None:
    image = house.image(0)
    campaign = house.computed(image)
    with pytest.raises(CampaignRefusedError, match="is computed"):
        house.campaigns.open(campaign)
    stranger = str(a_yard(module_database.owner).org_id)
    with pytest.raises(CampaignRefusedError, match="no such campaign"):
        house.turning.open(TurnTask(campaign.id, stranger, "switch"))
    task = TurnTask(campaign.id, stranger, "switch")
    assert house.turning.turn(task) == Turned(0, 0, None)
    assert house.campaigns.waiting(BatchTask(campaign.id, stranger, [image.upload_id])) == []


def test_the_selection_and_the_cursor(house: House) -> None:
    images = sorted(house.image(number).upload_id for number in range(5))
    younger = itertools.count(5)

    def chosen(**selection: Any) -> list[str]:  # noqa: ANN401  any field
        campaign = Campaign(str(uuid4()), house.org, Selection(**selection))
        try:
            total = house.campaigns.open(campaign)
        except CampaignRefusedError:
            return []
        # Younger than the campaign: not its business.
        house.image(next(younger))
        pages, after = list[str](), None
        while page := house.campaigns.page(PageLook(campaign, after, 2)):
            pages, after = pages + page, page[-1]
        assert len(pages) == total
        return pages

    assert chosen(site_id=str(house.yard.site_id), qc_below=2) == images
    assert chosen(qc_below=1) == []
    assert chosen(session_id=str(uuid4())) == []
    assert chosen(until="2026-01-01T00:00:00+00:00") == []
    assert set(chosen(since="2026-01-01T00:00:00+00:00")) > set(images)
