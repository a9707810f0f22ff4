"""Images that a bug really parked, and the ways in which people mend that."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from google.protobuf.empty_pb2 import Empty
from sqlalchemy import select
from sqlmodel import col
from temporalio.api.batch.v1 import BatchOperationReset
from temporalio.api.common.v1 import ResetOptions, WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import (
    ResetWorkflowExecutionRequest,
    StartBatchOperationRequest,
)
from temporalio.client import Client

from adapters.postgres import Database
from devstack.paths import REPOSITORY
from devstack.people import PEOPLE
from devstack.sign_in import id_token
from devstack.stack import Stack
from schema import contracts
from schema.tables.media import Event
from tests.e2e.conftest import Walk
from tests.waiting import eventually

PROGRAM = REPOSITORY / ".venv" / "bin" / "imaging360"
ADMIN = next(person for person in PEOPLE if person.role == "admin")
RELEASED = ("schema", "imaging", "adapters", "activities", "workflows")
GOOD = "report = judge("
BUG = 'report = {}["exposure"] or judge('


class BrokenRelease:
    """A worker of a release with a bug in QC, in place of the stack's good one."""

    def __init__(self, stack: Stack, release: Path) -> None:
        self._stack = stack
        _copy(release)
        stack.stop_part("worker")
        settings = {"IMAGING360_ENV_FILE": str(stack.run.data.root / "worker.env")}
        with (release / "worker.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "worker"],
                cwd=release,
                env={**os.environ, **settings},
                stdout=log,
                stderr=log,
            )

    def mend(self) -> None:
        """Deploy the good release. Harmless when it is there."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        if "worker" not in self._stack.pids():
            self._stack.start_part("worker")


def _copy(release: Path) -> None:
    for room in RELEASED:
        shutil.copytree(REPOSITORY / room, release / room)
    for module in REPOSITORY.glob("*.py"):
        shutil.copy(module, release)
    step = release / "activities" / "qc.py"
    text = step.read_text()
    assert GOOD in text, "the bug is planted in this line"
    step.write_text(text.replace(GOOD, BUG))


class Case:
    """Frames that a bug parked, their events, and what people can do."""

    def __init__(self, stack: Stack, walk: Walk, home: Path, client: Client) -> None:
        self.stack = stack
        self.walk = walk
        self.client = client
        self.images = sorted(walk.sent)
        self._environment = {
            **os.environ,
            **stack.settings("ops"),
            "IMAGING360_HOME": str(home),
        }
        owner = stack.settings("owner")["IMAGING360_OWNER_DATABASE_URL"]
        self._database = Database(owner, pool_size=1)

    async def run(self, *words: str, stdin: str = "", code: int = 0) -> str:
        """What `imaging360 ...` prints."""

        def call() -> "subprocess.CompletedProcess[str]":
            return subprocess.run(
                [PROGRAM, *words],
                env=self._environment,
                cwd="/",
                input=stdin,
                capture_output=True,
                text=True,
                check=False,
            )

        done = await asyncio.to_thread(call)
        assert done.returncode == code, done.stdout + done.stderr
        return (done.stderr if code else done.stdout).strip()

    async def sign_in(self) -> None:
        """As the organization's admin."""
        proof = await asyncio.to_thread(id_token, self.stack.oidc.issuer, ADMIN.email)
        await self.run("capture", "login", "--api", self.stack.api.url, stdin=proof)

    async def statuses(self) -> dict[str, str]:
        """Each image's status."""
        return {key: image["status"] for key, image in (await self.walk.listed()).items()}

    async def become(self, status: str, images: list[str]) -> None:
        """Wait until these have the status."""

        async def have() -> bool:
            known = await self.statuses()
            return {known.get(image) for image in images} == {status}

        await eventually(have, seconds=90)

    def events(self, image: str) -> list[tuple[str, dict[str, Any]]]:
        """What people did to it, oldest first."""
        with self._database.transaction(self.stack.seed.demo.org_id) as db:
            wanted = select(Event).where(col(Event.entity_id) == UUID(image))
            told = db.scalars(wanted.order_by(col(Event.id)))
            return [(e.event_type, e.payload) for e in told if e.actor_type == "user"]

    async def told(self, image: str, *expected: str) -> list[dict[str, Any]]:
        """Wait until the audit trail tells exactly this of an image; the payloads."""
        await eventually(lambda: [kind for kind, _ in self.events(image)] == list(expected))
        return [payload for _, payload in self.events(image)]

    async def completed(self, image: str) -> list[int]:
        """The ids of the workflow tasks that a reset can go back to."""
        handle = self.client.get_workflow_handle(contracts.workflow_id(image))
        kind = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        return [e.event_id async for e in handle.fetch_history_events() if e.event_type == kind]

    async def reset(self, image: str, event_id: int, reason: str) -> None:
        """As the Web UI's Reset."""
        await self.client.workflow_service.reset_workflow_execution(
            ResetWorkflowExecutionRequest(
                namespace=self.client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=contracts.workflow_id(image)),
                workflow_task_finish_event_id=event_id,
                request_id=uuid4().hex,
                reason=reason,
                identity="ann@example.com",
            )
        )

    async def reset_all(self, query: str) -> None:
        """As the Web UI's batch action, to the first task."""
        await self.client.workflow_service.start_batch_operation(
            StartBatchOperationRequest(
                namespace=self.client.namespace,
                visibility_query=query,
                job_id=uuid4().hex,
                reason="mended",
                reset_operation=BatchOperationReset(
                    identity="ann@example.com", options=ResetOptions(first_workflow_task=Empty())
                ),
            )
        )
