"""Publishing pictures, one and many, and taking them back."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from schema.enums import ImageStatus, Role
from tests.api.client import Api, good, problem
from tests.api.world import Org


def _events(org: Org, entity: UUID) -> list[str]:
    return [event.event_type for event in org.events(entity)]


async def _publish(api: Api, org: Org, image: UUID, method: str = "POST") -> dict[str, Any]:
    path = f"/images/{image}/publish"
    shown: dict[str, Any] = good(await api.call(method, path, of=org, role=Role.REVIEWER))
    return shown


async def test_a_picture_is_published_and_taken_back(api: Api, org: Org) -> None:
    image = org.image(org.session())
    published = await _publish(api, org, image)
    assert published["status"] == "published"
    assert published["published_by"] == str(org.users[Role.REVIEWER])
    assert published["published_at"] is not None
    taken_back = await _publish(api, org, image, "DELETE")
    assert taken_back["status"] == "processed"
    assert taken_back["published_at"] is None
    assert taken_back["published_by"] is None
    assert _events(org, image) == ["image.published", "image.unpublished"]


async def test_doing_it_again_changes_nothing(api: Api, org: Org) -> None:
    image = org.image(org.session())
    assert await _publish(api, org, image) == await _publish(api, org, image)
    assert await _publish(api, org, image, "DELETE") == await _publish(api, org, image, "DELETE")
    assert _events(org, image) == ["image.published", "image.unpublished"]


async def test_reviewers_who_publish_at_once_leave_one_event(api: Api, org: Org) -> None:
    image = org.image(org.session())
    await asyncio.gather(*(_publish(api, org, image) for _ in range(5)))
    assert _events(org, image) == ["image.published"]


async def test_a_failed_picture_cannot_be_published(api: Api, org: Org) -> None:
    image = org.image(org.session(), status=ImageStatus.FAILED)
    answer = await api.call("POST", f"/images/{image}/publish", of=org, role=Role.REVIEWER)
    problem(answer, 409, "image_failed")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_picture_without_a_verdict(api: Api, org: Org, method: str) -> None:
    image = org.upload(org.session())
    answer = await api.call(method, f"/images/{image}/publish", of=org, role=Role.REVIEWER)
    problem(answer, 409, "image_pending")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_picture_that_is_not_there(api: Api, org: Org, other: Org, method: str) -> None:
    foreign = other.image(other.session(), status=ImageStatus.PUBLISHED)
    elsewhere = org.image(org.session(org.elsewhere), status=ImageStatus.PUBLISHED)
    for image in (foreign, elsewhere, uuid4()):
        answer = await api.call(method, f"/images/{image}/publish", of=org, role=Role.REVIEWER)
        problem(answer, 404, "image_not_found")
    assert _events(other, foreign) == []


async def test_a_whole_session_is_published(api: Api, org: Org) -> None:
    session = org.session()
    good_one = org.image(session, angle_deg=0)
    blurred = org.image(session, angle_deg=90, qc={"overall": "fail"})
    broken = org.image(session, angle_deg=180, status=ImageStatus.FAILED)
    done = org.image(session, angle_deg=270, status=ImageStatus.PUBLISHED)
    for only_passed, blurred_outcome, count in ((True, "skipped", 1), (False, "published", 1)):
        body = {"session_id": str(session), "only_passed": only_passed}
        answer = good(await api.call("POST", "/images/publish", of=org, json=body))
        outcomes = {result["image_id"]: result["outcome"] for result in answer["results"]}
        assert outcomes == {
            str(good_one): "published" if only_passed else "already_published",
            str(blurred): blurred_outcome,
            str(broken): "refused",
            str(done): "already_published",
        }
        assert answer["published"] == count
    assert _events(org, good_one) == _events(org, blurred) == ["image.published"]


async def test_listed_pictures_are_published(api: Api, org: Org, other: Org) -> None:
    ours = org.image(org.session())
    elsewhere = org.image(org.session(org.elsewhere))
    foreign = other.image(other.session())
    pending = org.upload(org.session())
    asked = [str(image) for image in (elsewhere, ours, foreign, ours, pending)]
    body = {"image_ids": asked}
    answer = good(await api.call("POST", "/images/publish", of=org, role=Role.REVIEWER, json=body))
    not_there = {"outcome": "refused", "code": "image_not_found"}
    assert answer["results"] == [
        {"image_id": str(ours), "outcome": "published", "code": None},
        {"image_id": str(elsewhere), **not_there},
        {"image_id": str(foreign), **not_there},
        {"image_id": str(pending), "outcome": "refused", "code": "image_pending"},
    ]


@pytest.mark.parametrize(
    "body",
    [{}, {"image_ids": []}, {"session_id": str(uuid4()), "image_ids": [str(uuid4())]}],
)
async def test_one_selection_must_be_given(api: Api, org: Org, body: dict[str, Any]) -> None:
    problem(await api.call("POST", "/images/publish", of=org, json=body), 400, "invalid_request")


async def test_a_session_that_is_not_there(api: Api, org: Org, other: Org) -> None:
    body = {"session_id": str(other.session())}
    problem(await api.call("POST", "/images/publish", of=org, json=body), 404, "session_not_found")
