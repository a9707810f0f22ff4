"""Waiting until a change of the current build has reached every task queue."""

from temporalio.api.enums.v1 import RoutingConfigUpdateState
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.client import Client

from tests.waiting import eventually

_UNDER_WAY = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS


async def routed(client: Client, deployment_name: str) -> None:
    """Return when the server routes as it was last told."""

    async def done() -> bool:
        told = await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(
                namespace=client.namespace, deployment_name=deployment_name
            )
        )
        return told.worker_deployment_info.routing_config_update_state != _UNDER_WAY

    await eventually(done)
