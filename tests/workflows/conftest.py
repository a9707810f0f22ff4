"""A real, time-skipping Temporal server, and workers whose steps fail as a test plans."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.failures import FailureClassifier
from adapters.temporal import FAILURE, ORG, SESSION, SITE, STATUS, search_attributes
from schema import contracts
from schema.contracts import (
    DedupInput,
    DedupResult,
    ExifResult,
    ImageOutcome,
    ImageRef,
    Intervention,
    QcResult,
    RecordInput,
    StepInput,
    StoredFile,
    ThumbnailsResult,
)
from schema.enums import ImageStatus, Stage
from tests.waiting import eventually
from workflows.process_image import ProcessImage

Handle = WorkflowHandle[Any, ImageOutcome]


@pytest.fixture
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A server whose clock jumps over timers when nothing else is to do."""
    async with skipping_server() as environment:
        yield environment


@asynccontextmanager
async def skipping_server(identity: str | None = None) -> AsyncIterator[WorkflowEnvironment]:
    """The same outside of a test; `identity` is the name that histories show."""
    binary = Path(sys.executable).with_name("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(binary), identity=identity
    ) as environment:
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=environment.client.namespace,
                search_attributes={
                    key.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
                    for key in (ORG, SITE, SESSION, STATUS, FAILURE)
                },
            )
        )
        yield environment


class Steps:
    """The six steps with planned faults; remembers calls and what was recorded.

    `plan[stage]` is called at each attempt with its number (from 1) and may raise.
    """

    def __init__(self, **plan: Callable[[int], None]) -> None:
        self.plan = {Stage(stage): fault for stage, fault in plan.items()}
        self.calls: list[Stage] = []
        self.recorded: list[RecordInput] = []
        self.noted: list[Intervention] = []

    def _attempt(self, stage: Stage) -> None:
        self.calls.append(stage)
        if stage in self.plan:
            self.plan[stage](self.calls.count(stage))

    @activity.defn(name=Stage.DOWNLOAD)
    async def download(self, image: ImageRef) -> StoredFile:
        self._attempt(Stage.DOWNLOAD)
        return StoredFile("ab" * 32, 1000, "image/jpeg", 15, None)

    @activity.defn(name=Stage.EXIF)
    async def exif(self, step: StepInput) -> ExifResult:
        self._attempt(Stage.EXIF)
        return ExifResult({"ISO": 100}, None)

    @activity.defn(name=Stage.THUMBNAILS)
    async def thumbnails(self, step: StepInput) -> ThumbnailsResult:
        self._attempt(Stage.THUMBNAILS)
        return ThumbnailsResult({"150": "key"}, {"150": 150}, 4032, 3024)

    @activity.defn(name=Stage.QC)
    async def qc(self, step: StepInput) -> QcResult:
        self._attempt(Stage.QC)
        return QcResult({"overall": "pass"}, 1, "0f" * 8)

    @activity.defn(name=Stage.DEDUP)
    async def dedup(self, query: DedupInput) -> DedupResult:
        self._attempt(Stage.DEDUP)
        return DedupResult()

    @activity.defn(name=Stage.RECORD)
    async def record(self, verdict: RecordInput) -> ImageOutcome:
        self._attempt(Stage.RECORD)
        self.recorded.append(verdict)
        status = ImageStatus.FAILED if verdict.failure else ImageStatus.PROCESSED
        return ImageOutcome(status, verdict.failure)

    @activity.defn(name=contracts.NOTE)
    async def note(self, intervention: Intervention) -> None:
        self.noted.append(intervention)

    def all(self) -> list[Callable[..., Any]]:
        """For a worker."""
        steps = (self.download, self.exif, self.thumbnails, self.qc, self.dedup, self.record)
        return [*steps, self.note]


def worker(environment: WorkflowEnvironment, steps: Steps) -> Worker:
    """A worker with these steps, its sandbox on as in production."""
    return Worker(
        environment.client,
        task_queue=contracts.TASK_QUEUE,
        workflows=[ProcessImage],
        activities=steps.all(),
        interceptors=[FailureClassifier()],
    )


async def start(environment: WorkflowEnvironment) -> Handle:
    """Start ProcessImage for a new upload."""
    org, site, session, upload = (str(uuid4()) for _ in range(4))
    image = ImageRef(upload, org, site, session, f"{upload}.jpg")
    return await environment.client.start_workflow(
        contracts.PROCESS_IMAGE,
        image,
        id=contracts.workflow_id(upload),
        task_queue=contracts.TASK_QUEUE,
        search_attributes=search_attributes(image, ImageStatus.PENDING),
        result_type=ImageOutcome,
    )


async def status(handle: Handle) -> str | None:
    """The ImageStatus that operators see."""
    return (await handle.describe()).typed_search_attributes.get(STATUS)


async def parked(environment: WorkflowEnvironment, handle: Handle) -> None:
    """Let time pass until the image waits for a decision."""

    async def is_parked() -> bool:
        await environment.sleep(timedelta(seconds=10))
        return await status(handle) == ImageStatus.NEEDS_ATTENTION

    await eventually(is_parked)
