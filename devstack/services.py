"""Our own processes on top of the servers: the migrations, api, bridge and worker."""

import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, cast

from devstack import wait
from devstack.environment import PREFIX, process_environment
from devstack.errors import StackError
from devstack.part import Door, Part, ProcessPart, Run
from devstack.ports import Ports
from devstack.process import Process

_CLI = (sys.executable, "-m", "cli")
_PORTAL = Path(__file__).resolve().parents[1] / "web" / "portal" / "dist"


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
        # Not among the variables, which every worker of this stack, and one started by hand, share.
        ports = {name: str(self.run.ports.take(use)) for name, use in self._metrics_ports().items()}
        return process_environment(self.door, self.run, ports | dict(self.extra))

    def _metrics_ports(self) -> dict[str, str]:
        """The settings that want a port, and the names under which the ports are remembered."""
        return {f"{PREFIX}METRICS_PORT": f"{self.name}_metrics"}


def metrics_urls(ports: Ports, running: Iterable[str]) -> dict[str, str]:
    """Where Prometheus can read the running parts: `api_metrics`, `worker_sdk_metrics`, ..."""
    uses = [f"{name}_{kind}" for name in running for kind in ("metrics", "sdk_metrics")]
    known = {use: ports.known(use) for use in uses}
    return {use: f"http://127.0.0.1:{port}/metrics" for use, port in known.items() if port}


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
        own = {"API_HOST": "127.0.0.1", "API_PORT": str(self._port)}
        return own | {"PORTAL_DIR": str(_PORTAL)}


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

    def variables(self, door: Door) -> Mapping[str, str]:
        # The emulator forgets queued messages when it is killed; nobody here waits minutes for it.
        if door != "worker":
            return {}
        return {"LEDGER_SECONDS": "15", "LEDGER_GRACE_SECONDS": "20", "LEDGER_SAMPLE": "5"}

    def _metrics_ports(self) -> dict[str, str]:
        sdk = {f"{PREFIX}SDK_METRICS_PORT": f"{self.name}_sdk_metrics"}
        return super()._metrics_ports() | sdk

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
