"""The promise ledger, on real servers, with everything lost that can be."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from adapters.housekeeping_ports import Settlement
from adapters.ledger import PostgresLedger
from schema.contracts import ImageRef
from schema.housekeeping import LedgerCounts, LedgerRules, PromiseLook
from tests.housekeeping.conftest import RULES, House


async def _runs(house: House, image: ImageRef) -> bool:
    try:
        described = await house.workflow(image).describe()
    except RPCError:
        return False
    return described.status is WorkflowExecutionStatus.RUNNING


async def test_a_lost_event_is_made_up_for_once(house: House) -> None:
    yard = house.yard()
    image = house.sent(yard)
    assert await house.look() == LedgerCounts(looked_at=1, started=1)
    described = await house.workflow(image).describe()
    assert (await described.memo())["storage_key"] == image.storage_key
    house.due(yard)
    assert await house.look() == LedgerCounts(looked_at=1, waiting=1)
    assert (await house.workflow(image).describe()).run_id == described.run_id


async def test_it_starts_the_very_workflow_that_the_bridge_would(house: House) -> None:
    image = house.sent(house.yard())
    await house.look()
    described = await house.workflow(image).describe()
    assert described.workflow_type == "ProcessImage"
    assert described.task_queue == "imaging"
    assert described.raw_description.workflow_execution_info.priority.fairness_key == image.org_id
    history = await house.workflow(image).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    (given,) = await house.client.data_converter.decode(started.input.payloads, [ImageRef])
    stored = house.store.head(image.storage_key).stored_at
    assert given.uploaded_at is not None
    assert abs(datetime.fromisoformat(given.uploaded_at) - stored) <= timedelta(seconds=1)
    assert replace(given, uploaded_at=None) == image


async def test_what_is_fresh_is_left_to_the_bridge(house: House) -> None:
    yard = house.yard()
    image = house.sent(yard)
    patient = LedgerRules(grace_seconds=3600)
    assert await house.look(patient) == LedgerCounts()
    # Presigned long ago and sent just now: its event may be on its way.
    house.sql(yard, "UPDATE uploads SET created_at = now() - interval '2 h'")
    assert await house.look(patient) == LedgerCounts(looked_at=1, waiting=1)
    assert not await _runs(house, image)


async def test_what_never_came_is_given_up_once(house: House) -> None:
    yard = house.yard()
    image = house.promised(yard)
    assert await house.look() == LedgerCounts(looked_at=1, waiting=1)
    house.expire(yard, image)
    house.due(yard)
    assert await house.look(LedgerRules(0, lost_seconds=86400)) == LedgerCounts(1, waiting=1)
    house.due(yard)
    assert await house.look() == LedgerCounts(looked_at=1, lost=1)
    assert await house.look() == LedgerCounts()
    assert house.upload(yard, image) == {"open": False, "lost": True, "arrived": None}
    assert house.events(yard, image.upload_id) == ["upload.lost"]


async def test_what_was_given_up_and_comes_is_taken_back(house: House) -> None:
    yard = house.yard()
    image = house.promised(yard)
    house.expire(yard, image)
    await house.look()
    house.store.put(image.storage_key, b"late", "image/jpeg")
    assert house.records.arrive(image) is not None
    kept = house.upload(yard, image)
    assert (kept["open"], kept["lost"]) == (True, False)
    house.records.arrive(image)
    assert house.events(yard, image.upload_id) == ["upload.lost", "upload.found"]
    # It is watched again: should its workflow vanish, it is started anew.
    assert await house.look() == LedgerCounts(looked_at=1, started=1)


async def test_what_arrives_during_the_look_is_not_given_up(house: House) -> None:
    yard = house.yard()
    image = house.promised(yard)
    house.expire(yard, image)
    house.records.arrive(image)
    settlement = Settlement([], [], [UUID(image.upload_id)])
    assert PostgresLedger(house.worker).settle(yard.org_id, settlement, 0) == 0
    assert house.events(yard, image.upload_id) == []


async def test_a_workflow_that_ended_without_a_verdict_is_started_again(house: House) -> None:
    yard = house.yard()
    image = house.sent(yard)
    house.records.arrive(image)
    await house.look()
    await house.workflow(image).terminate()
    house.due(yard)
    # It ended this minute: its row may just have been written.
    patient = LedgerRules(grace_seconds=3600)
    house.sql(yard, "UPDATE uploads SET created_at = now() - interval '2 h'")
    assert await house.look(patient) == LedgerCounts(looked_at=1, waiting=1)
    house.due(yard)
    assert await house.look() == LedgerCounts(looked_at=1, restarted=1)
    assert await _runs(house, image)


async def test_what_has_its_verdict_is_looked_at_no_more(house: House) -> None:
    yard = house.yard()
    processed, failed = house.processed(yard), house.sent(yard, angle_deg=15)
    house.record(failed, thumbnails=None)
    assert await house.look() == LedgerCounts(looked_at=2, kept=2)
    assert await house.look() == LedgerCounts()
    assert not house.upload(yard, processed)["open"]


async def test_a_missing_thumbnail_is_made_again(house: House) -> None:
    yard = house.yard()
    image = house.processed(yard)
    thumbnail = image.storage_key.replace(".jpg", "_thumb_600.jpg")
    house.drop(thumbnail)
    assert await house.look() == LedgerCounts(looked_at=1, repairs=1)
    described = await house.repair(image).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING
    house.store.put(thumbnail, b"small", "image/jpeg")
    house.due(yard)
    assert await house.look() == LedgerCounts(looked_at=1, kept=1)


async def test_without_the_original_there_is_nothing_to_make_them_from(house: House) -> None:
    yard = house.yard()
    image = house.processed(yard)
    house.drop(image.storage_key)
    house.drop(image.storage_key.replace(".jpg", "_thumb_150.jpg"))
    assert await house.look() == LedgerCounts(looked_at=1, beyond_repair=1)
    assert await house.look() == LedgerCounts()


async def test_every_organization_is_looked_at_a_batch_at_a_time(house: House) -> None:
    yards = [house.yard() for _ in range(3)]
    for yard in yards:
        for angle in (0, 15, 30):
            house.sent(yard, angle_deg=angle)
    two = LedgerRules(grace_seconds=0, batch=2)
    checked = await house.checks.check_promises(PromiseLook(two))
    assert (checked.counts.started, checked.more, checked.after) == (6, True, None)


async def test_an_organization_in_trouble_does_not_hold_up_the_others(house: House) -> None:
    bad, good = house.yard(), house.yard()
    house.processed(bad)
    house.sql(bad, "UPDATE images SET thumb_keys = '[1]'")
    image = house.sent(good)
    counts = await house.look()
    assert (counts.started, counts.troubled) == (1, 1)
    assert await _runs(house, image)
    sample = await house.sample()
    assert (sample.counts.troubled, sample.place.org_id) == (1, None)


async def test_the_sample_goes_round_all_sessions(house: House) -> None:
    images = [house.processed(house.yard()) for _ in range(3)]
    await house.look()
    house.drop(images[1].storage_key.replace(".jpg", "_thumb_1200.jpg"))
    one = LedgerRules(sample=1)
    first = await house.sample(rules=one)
    second = await house.sample(first.place, one)
    third = await house.sample(second.place, one)
    reports = [first, second, third]
    assert [report.counts.sampled for report in reports] == [1, 1, 1]
    assert sum(report.counts.repairs for report in reports) == 1
    assert (await house.repair(images[1]).describe()).status is WorkflowExecutionStatus.RUNNING
    last = await house.sample(third.place, one)
    assert last.place.org_id is None
    assert (await house.sample(last.place, one)).counts.sampled == 1


async def test_a_large_sample_takes_several_organizations(house: House) -> None:
    for _ in range(3):
        house.processed(house.yard())
    report = await house.sample(rules=RULES)
    assert (report.counts.sampled, report.place.org_id) == (3, None)
