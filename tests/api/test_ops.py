"""What administrators see of pictures that wait for them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from schema.contracts import Failure
from schema.enums import ImageStatus
from tests.api.client import Api, good, problem
from tests.api.pipeline import Pipeline
from tests.api.world import Org
from tests.waiting import eventually

BUG = Failure("qc", "unexpected_error", "ZeroDivisionError: oops", "ZeroDivisionError")


async def test_waiting_pictures_are_found_by_what_they_share(
    api: Api, org: Org, other: Org, pipeline: Pipeline
) -> None:
    sessions = [org.session(), org.session(org.elsewhere)]
    parked: dict[str, Any] = {"status": ImageStatus.NEEDS_ATTENTION, "failure": BUG}
    images = [await pipeline.put(org, session, **parked) for session in sessions]
    await pipeline.put(other, other.session(), **parked)
    await pipeline.put(org, sessions[0], angle_deg=90)

    async def found(query: dict[str, Any]) -> list[str]:
        answer = good(await api.call("GET", "/ops/parked", of=org, **query))
        assert answer["total"] == len(answer["items"])
        return sorted(item["image_id"] for item in answer["items"])

    assert await found({}) == sorted(map(str, images))
    assert await found({"session_id": sessions[1]}) == [str(images[1])]
    assert await found({"site_id": org.here}) == [str(images[0])]
    assert await found({"code": "ZeroDivisionError"}) == sorted(map(str, images))
    assert await found({"code": "KeyError"}) == []
    now = datetime.now(UTC)
    assert await found({"since": (now + timedelta(minutes=1)).isoformat()}) == []
    earlier = (now - timedelta(hours=1)).replace(tzinfo=None)
    assert len(await found({"since": earlier.isoformat()})) == 2
    one = good(await api.call("GET", "/ops/parked", of=org, limit=1))
    assert (len(one["items"]), one["total"]) == (1, 2)
    assert one["items"][0]["failure"]["message"] == BUG.message


@pytest.mark.parametrize(
    "query", [{"code": "a' OR OrgId = 'b"}, {"limit": 1001}, {"org_id": str(uuid4())}]
)
async def test_a_query_cannot_be_bent(api: Api, org: Org, query: dict[str, Any]) -> None:
    problem(await api.call("GET", "/ops/parked", of=org, **query), 400, "invalid_request")


async def test_a_picture_comes_with_its_story(api: Api, org: Org, pipeline: Pipeline) -> None:
    image = await pipeline.put(org, org.session(), status=ImageStatus.NEEDS_ATTENTION, failure=BUG)
    event = {"entity_type": "image", "entity_id": str(org.image(org.session()))}
    await api.call("POST", "/events", of=org, json=event | {"event_type": "image.seen"})

    async def shown() -> bool:
        return bool((await api.call("GET", f"/ops/images/{image}", of=org)).is_success)

    await eventually(shown)
    answer = good(await api.call("GET", f"/ops/images/{image}", of=org))
    assert answer["image"]["status"] == "needs_attention"
    assert answer["workflow_id"] == f"image-{image}"
    assert answer["events"] == []
    told = good(await api.call("GET", f"/ops/images/{event['entity_id']}", of=org))
    assert [one["event_type"] for one in told["events"]] == ["image.seen"]
