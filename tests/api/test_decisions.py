"""Retrying and discarding parked pictures, on real workflows."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.note import Note
from adapters.histories import TemporalHistories
from adapters.interventions import PostgresAuditTrail
from adapters.postgres import Database
from schema import contracts
from schema.contracts import ImageOutcome, ImageRef, RecordInput, StoredFile
from schema.enums import ImageStatus, Role, Stage
from tests.api.client import Api, good, problem
from tests.api.pipeline import Pipeline
from tests.api.world import Org
from tests.waiting import eventually
from workflows.process_image import ProcessImage


class Faulty:
    """A first step that a bug defeats until it is mended, and a last one that remembers."""

    def __init__(self) -> None:
        self.mended = False
        self.recorded: list[RecordInput] = []

    @activity.defn(name=Stage.DOWNLOAD)
    async def download(self, image: ImageRef) -> StoredFile:
        kind = contracts.PERMANENT_FAILURE if self.mended else "Bug"
        raise ApplicationError("the file is damaged", "corrupt", type=kind, non_retryable=True)

    @activity.defn(name=Stage.RECORD)
    async def record(self, result: RecordInput) -> ImageOutcome:
        self.recorded.append(result)
        return ImageOutcome(ImageStatus.FAILED, result.failure)


@pytest.fixture
async def faulty(pipeline: Pipeline, owner: Database) -> AsyncIterator[Faulty]:
    """A worker at the pipeline's queue; what it notes is real."""
    steps = Faulty()
    note = Note(PostgresAuditTrail(owner), TemporalHistories(pipeline.client)).note
    async with Worker(
        pipeline.client,
        task_queue=pipeline.queue,
        workflows=[ProcessImage],
        activities=[steps.download, steps.record, note],
    ):
        yield steps


async def _parked(api: Api, org: Org, pipeline: Pipeline) -> UUID:
    image = await pipeline.put(org, org.session())

    async def waits() -> bool:
        shown = good(await api.call("GET", f"/images/{image}", of=org))
        return bool(shown["status"] == "needs_attention")

    await eventually(waits)
    return image


async def test_a_retry_is_taken_and_written_down(
    api: Api, org: Org, pipeline: Pipeline, faulty: Faulty
) -> None:
    image = await _parked(api, org, pipeline)
    faulty.mended = True
    answer = good(await api.call("POST", f"/images/{image}/retry", of=org))
    assert answer == {"image_id": str(image), "decision": "retry", "delivery": "accepted"}
    await eventually(lambda: bool(faulty.recorded))
    assert faulty.recorded[0].failure is not None
    assert faulty.recorded[0].failure.code == "corrupt"
    await eventually(lambda: len(org.events(image)) == 1)
    (event,) = org.events(image)
    assert event.event_type == "image.retried"
    assert event.actor_id == org.users[Role.ADMIN]
    assert event.payload["failures"][0]["error"] == "Bug"


async def test_a_discard_records_who_and_why(
    api: Api, org: Org, pipeline: Pipeline, faulty: Faulty
) -> None:
    image = await _parked(api, org, pipeline)
    body = {"reason": "a thumb before the lens"}
    answer = good(await api.call("POST", f"/images/{image}/discard", of=org, json=body))
    assert answer["delivery"] == "accepted"
    await eventually(lambda: bool(faulty.recorded))
    failure = faulty.recorded[0].failure
    assert failure is not None
    assert failure.code == "discarded"
    assert f"{org.email(Role.ADMIN)}: a thumb before the lens" in failure.message
    await eventually(lambda: len(org.events(image)) == 1)
    (event,) = org.events(image)
    assert event.event_type == "image.discarded"
    assert event.payload["reason"] == body["reason"]
    assert event.payload["actor"] == org.email(Role.ADMIN)


async def test_without_a_worker_the_decision_waits_for_one(
    api: Api, org: Org, pipeline: Pipeline
) -> None:
    image = await pipeline.put(org, org.session(), status=ImageStatus.NEEDS_ATTENTION)
    answer = good(
        await api.call("POST", f"/images/{image}/retry", of=org, json={"reason": "mended"})
    )
    assert answer["delivery"] == "queued"
    handle = pipeline.client.get_workflow_handle(contracts.workflow_id(str(image)))
    signals = [
        event.workflow_execution_signaled_event_attributes.signal_name
        async for event in handle.fetch_history_events()
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    assert signals == [contracts.RETRY]
    assert org.events(image) == [], "nobody has taken it yet"


@pytest.mark.parametrize("action", ["retry", "discard"])
async def test_what_is_not_parked_is_left_alone(
    api: Api, org: Org, pipeline: Pipeline, action: str
) -> None:
    session = org.session()
    under_way = await pipeline.put(org, session)
    for image in (under_way, org.image(session), org.upload(session, arrived=False)):
        path = f"/images/{image}/{action}"
        answer = await api.call("POST", path, of=org, json={"reason": "why"})
        problem(answer, 409, "image_not_parked")
        assert org.events(image) == []


@pytest.mark.parametrize("action", ["retry", "discard"])
async def test_another_organizations_picture_is_not_there(
    api: Api, org: Org, other: Org, pipeline: Pipeline, action: str
) -> None:
    foreign = await pipeline.put(other, other.session(), status=ImageStatus.NEEDS_ATTENTION)
    for image in (foreign, uuid4()):
        path = f"/images/{image}/{action}"
        answer = await api.call("POST", path, of=org, json={"reason": "why"})
        problem(answer, 404, "image_not_found")
    assert other.events(foreign) == []


async def test_while_temporal_is_away_nothing_is_written(
    api_without_temporal: Api, org: Org
) -> None:
    image = org.upload(org.session())
    answer = await api_without_temporal.call("POST", f"/images/{image}/retry", of=org)
    problem(answer, 503, "unavailable")
    assert org.events(image) == []


@pytest.mark.parametrize("body", [None, {}, {"reason": ""}, {"reason": "a\0b"}])
async def test_a_discard_says_why(api: Api, org: Org, body: object) -> None:
    answer = await api.call("POST", f"/images/{uuid4()}/discard", of=org, json=body)
    problem(answer, 400, "invalid_request")
