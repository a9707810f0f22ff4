"""Workflows as Temporal's visibility store lists them, without making objects of all they have.

`Client.list_workflows` decodes every attribute of every workflow, which for a session's worth of
images takes as long as the question itself.
"""

import json
from collections.abc import AsyncIterator

from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
from temporalio.client import Client

from schema import contracts
from schema.contracts import Failure
from schema.enums import ImageStatus

_PAGE = 1000


async def runs(client: Client, query: str) -> AsyncIterator[WorkflowExecutionInfo]:
    """The workflows that match. Raises RPCError."""
    request = ListWorkflowExecutionsRequest(
        namespace=client.namespace, query=query, page_size=_PAGE
    )
    while True:
        page = await client.workflow_service.list_workflow_executions(request)
        for run in page.executions:
            yield run
        if not page.next_page_token:
            return
        request.next_page_token = page.next_page_token


def status_of(run: WorkflowExecutionInfo) -> ImageStatus:
    """What the workflow says of its image."""
    said = run.search_attributes.indexed_fields
    if contracts.SEARCH_STATUS not in said:
        return ImageStatus.PENDING
    return ImageStatus(json.loads(said[contracts.SEARCH_STATUS].data))


async def failure_of(client: Client, run: WorkflowExecutionInfo) -> Failure | None:
    """Why the workflow is parked, from its memo."""
    if "failure" not in run.memo.fields:
        return None
    decoded = await client.data_converter.decode([run.memo.fields["failure"]], [Failure])
    failure: Failure | None = decoded[0]
    return failure
