"""Images in the pipeline, on a real Temporal server."""

from contextlib import suppress
from dataclasses import asdict
from uuid import UUID, uuid4

from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError

from adapters.temporal import FAILURE, PendingImages, search_attributes
from schema import contracts
from schema.contracts import Failure, ImageRef
from schema.enums import ImageStatus, UploadContentType
from schema.keys import original_key
from tests.api.world import Org
from tests.waiting import eventually


class Pipeline:
    """Starts workflows on a queue of its own, which nobody works off unless the test does."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.queue = f"test-{uuid4().hex}"
        self._visible = PendingImages(client, cache_seconds=0)
        self._started: list[str] = []

    async def put(
        self,
        org: Org,
        session_id: UUID,
        *,
        angle_deg: int | None = 0,
        status: ImageStatus = ImageStatus.PENDING,
        failure: Failure | None = None,
    ) -> UUID:
        """An upload that arrived and is being processed, as visibility shows it."""
        upload_id = org.upload(session_id, angle_deg=angle_deg)
        image = _ref(org, session_id, upload_id)
        workflow_id = contracts.workflow_id(str(upload_id))
        await self.client.start_workflow(
            contracts.PROCESS_IMAGE,
            image,
            id=workflow_id,
            task_queue=self.queue,
            search_attributes=_attributes(image, status, failure),
            memo={"failure": asdict(failure)} if failure else {},
        )
        self._started.append(workflow_id)
        await eventually(lambda: self._shows(session_id, upload_id))
        return upload_id

    async def end(self) -> None:
        """Leave nothing running."""
        for workflow_id in self._started:
            # Those that a test's worker finished are gone already.
            with suppress(RPCError):
                await self.client.get_workflow_handle(workflow_id).terminate()

    async def _shows(self, session_id: UUID, upload_id: UUID) -> bool:
        pending = await self._visible.of_session(session_id)
        return upload_id in {one.upload_id for one in pending}


def _attributes(
    image: ImageRef, status: ImageStatus, failure: Failure | None
) -> TypedSearchAttributes:
    attributes = search_attributes(image, status)
    if failure is None:
        return attributes
    return attributes.updated(SearchAttributePair(FAILURE, failure.error or failure.code))


def _ref(org: Org, session_id: UUID, upload_id: UUID) -> ImageRef:
    site = org.site_of(session_id)
    key = original_key(org.id, site, session_id, upload_id, UploadContentType.JPEG)
    return ImageRef(str(upload_id), str(org.id), str(site), str(session_id), str(key))
