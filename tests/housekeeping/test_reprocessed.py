"""Thumbnails that a campaign made are repaired as the campaign's."""

from uuid import uuid4

from schema.contracts import StepInput
from schema.housekeeping import LedgerCounts
from tests.housekeeping.conftest import House


async def test_a_repair_makes_the_campaigns_thumbnails(house: House) -> None:
    yard = house.yard()
    image = house.processed(yard)
    campaign = str(uuid4())
    keys = {"150": image.storage_key.replace(".jpg", f"_thumb_150_{campaign}.jpg")}
    switched = "UPDATE images SET thumb_keys = jsonb_build_object('150', CAST(:key AS text))"
    house.sql(yard, switched, key=keys["150"])
    assert await house.look() == LedgerCounts(looked_at=1, repairs=1)
    history = await house.repair(image).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    (given,) = await house.client.data_converter.decode(started.input.payloads, [StepInput])
    assert given.campaign_id == campaign
    assert given.image.upload_id == image.upload_id
