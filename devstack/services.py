"""Our own processes on top of the servers: the migrations, api, bridge and worker."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from devstack import wait
from devstack.environment import process_environment
from devstack.errors import StackError
from devstack.part import Door, Part, ProcessPart, Run
from devstack.process import Process

_CLI = (sys.executable, "-m", "cli")


class Schema(Part):
    """`python -m cli db upgrade`: brings the tables and the roles to the newest version."""

    needs: ClassVar[frozenset[str]] = frozenset({"postgres"})

    def start(self) -> None:
        """Run the migrations to their end. Raises StackError with their last words."""
        process = Process(
            name=self.name,
            argv=[*_CLI, "db", "upgrade"],
            env=process_environment("owner", self.run, {}),
            log=self.run.data.log(self.name),
        )
        process.start()
        try:
            wait.until(lambda: not process.running, seconds=120, cancel=self.run.cancel)
        finally:
            process.stop(kill=True)
        if process.exit_code != 0:
            raise StackError(f"the migrations failed; log: {process.log}\n{process.tail()}")


class DoorPart(ProcessPart):
    """`python -m cli run <door>`."""

    def __init__(self, name: str, run: Run) -> None:
        super().__init__(name, run)
        self.door = cast("Door", name.partition("-")[0])
        self.extra: Mapping[str, str] = {}

    def command(self) -> Sequence[str]:
        return [*_CLI, "run", self.door]

    def environment(self) -> Mapping[str, str]:
        return process_environment(self.door, self.run, self.extra)


class Api(DoorPart):
    """The REST API."""

    needs = frozenset({"schema", "s3", "temporal", "oidc"})
    grace = 15.0
    _port = 0

    def take_port(self) -> None:
        """Choose the port; done before any door's settings are written."""
        self._port = self.run.ports.take("api")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    def healthy(self) -> bool:
        return wait.http_ok(f"{self.url}/readyz")

    def variables(self, door: Door) -> Mapping[str, str]:
        if door != "api" or not self._port:
            return {}
        return {"API_HOST": "127.0.0.1", "API_PORT": str(self._port)}


class Bridge(DoorPart):
    """The SQS consumer; it says in its log when it listens."""

    needs = frozenset({"s3", "temporal"})
    grace = 30.0

    def healthy(self) -> bool:
        return "ready" in (self.process.tail(200) if self.process else "")

    def variables(self, door: Door) -> Mapping[str, str]:
        # A stop waits for the poll under way; on a laptop nobody wants to wait 20 s for it.
        return {"SQS_WAIT_SECONDS": "1"} if door == "bridge" else {}


class Worker(DoorPart):
    """The Temporal worker: healthy when the server sees it polling."""

    needs = frozenset({"schema", "s3", "temporal"})
    grace = 20.0
    look_every = 0.25
    temporal_address: str = ""

    def healthy(self) -> bool:
        pid = self.process.pid if self.process else None
        return pid is not None and asyncio.run(_polls(self.temporal_address, pid))


async def _polls(address: str, pid: int) -> bool:
    from temporalio.api.enums.v1 import TaskQueueType
    from temporalio.api.taskqueue.v1 import TaskQueue
    from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
    from temporalio.client import Client
    from temporalio.service import RPCError

    try:
        client = await Client.connect(address)
        answer = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace="default",
                task_queue=TaskQueue(name="imaging"),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            )
        )
    except (RPCError, RuntimeError):
        return False
    return any(poller.identity.startswith(f"{pid}@") for poller in answer.pollers)
