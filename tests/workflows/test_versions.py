"""Worker versioning on a real server: what is parked goes on with the build that mends it."""

from collections.abc import Awaitable, Callable

import pytest
from temporalio.api.workflowservice.v1 import (
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.failures import FailureClassifier
from adapters.deployment import deployment
from schema import contracts
from schema.contracts import Decision
from schema.enums import ImageStatus, Stage
from tests.deployments import routed
from tests.waiting import eventually
from tests.workflows.conftest import Steps, start, status
from tests.workflows.record import development_server
from workflows.process_image import ProcessImage


def _bug(attempt: int) -> None:
    """Parks at the first attempt."""
    raise ApplicationError("oops", type="ZeroDivisionError", non_retryable=True)


def _worker(environment: WorkflowEnvironment, steps: Steps, version: str | None = None) -> Worker:
    return Worker(
        environment.client,
        task_queue=contracts.TASK_QUEUE,
        workflows=[ProcessImage],
        activities=steps.all(),
        interceptors=[FailureClassifier()],
        deployment_config=deployment(version),
    )


async def _make_current(environment: WorkflowEnvironment, build: str) -> None:
    """`temporal worker deployment set-current-version`; no build is `--unversioned`."""
    service = environment.client.workflow_service
    wanted = SetWorkerDeploymentCurrentVersionRequest(
        namespace=environment.client.namespace, deployment_name="imaging360", build_id=build
    )
    await _accepted(environment, lambda: service.set_worker_deployment_current_version(wanted))


async def _ramp(environment: WorkflowEnvironment, build: str, percentage: float) -> None:
    """`temporal worker deployment set-ramping-version`."""
    service = environment.client.workflow_service
    wanted = SetWorkerDeploymentRampingVersionRequest(
        namespace=environment.client.namespace,
        deployment_name="imaging360",
        build_id=build,
        percentage=percentage,
    )
    await _accepted(environment, lambda: service.set_worker_deployment_ramping_version(wanted))


async def _accepted(
    environment: WorkflowEnvironment, call: Callable[[], Awaitable[object]]
) -> None:
    """The server knows a build soon after its worker's first poll."""

    async def done() -> bool:
        try:
            await call()
        except RPCError:
            return False
        return True

    await eventually(done, seconds=60)
    await routed(environment.client, "imaging360")


async def test_a_parked_image_goes_on_with_the_build_that_mends_it() -> None:
    good = Steps()
    async with await development_server() as environment:
        async with _worker(environment, Steps(qc=_bug), "imaging360.1.0"):
            await _make_current(environment, "1.0")
            handle = await start(environment)

            async def is_parked() -> bool:
                return await status(handle) == ImageStatus.NEEDS_ATTENTION

            await eventually(is_parked, seconds=60)
        async with _worker(environment, good, "imaging360.1.1"):
            await _make_current(environment, "1.1")
            await handle.execute_update(contracts.RETRY, Decision())
            assert (await handle.result()).status == ImageStatus.PROCESSED
    assert (good.calls[0], good.calls[-1]) == (Stage.QC, Stage.RECORD)


async def test_a_ramp_gives_new_images_to_a_build_and_takes_them_back() -> None:
    old, new = Steps(), Steps()
    async with (
        await development_server() as environment,
        _worker(environment, old, "imaging360.1.0"),
        _worker(environment, new, "imaging360.1.1"),
    ):
        await _make_current(environment, "1.0")
        for percentage, expected in ((100, new), (0, old)):
            await _ramp(environment, "1.1", percentage)
            before = len(expected.recorded)
            await (await start(environment)).result()
            assert len(expected.recorded) == before + 1


async def test_versioning_can_be_switched_off_again() -> None:
    versioned, unversioned = Steps(), Steps()
    async with (
        await development_server() as environment,
        _worker(environment, versioned, "imaging360.1.0"),
        _worker(environment, unversioned),
    ):
        await _make_current(environment, "1.0")
        await (await start(environment)).result()
        assert (len(versioned.recorded), len(unversioned.recorded)) == (1, 0)
        await _make_current(environment, "")
        await (await start(environment)).result()
        assert (len(versioned.recorded), len(unversioned.recorded)) == (1, 1)


def test_a_version_without_a_build_is_no_version() -> None:
    assert deployment(None) is None
    with pytest.raises(ValueError, match="imaging360"):
        deployment("imaging360")
