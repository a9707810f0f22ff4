"""The Temporal development server with its Web UI, on a SQLite file."""

import asyncio
from collections.abc import Mapping, Sequence

from devstack import wait
from devstack.part import Door, ProcessPart, beside_python

SEARCH_ATTRIBUTES = ("OrgId", "SiteId", "SessionId", "ImageStatus", "FailureCode")
# Without these: 350 ms an image instead of 75 (poll limit), 13 workflows a second instead of 50,
# and one organisation's backlog delays another's capture (fairness, one partition).
_DYNAMIC = (
    "history.transferProcessorMaxPollRPS=100",
    "matching.enableFairness=true",
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
)
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")


class Temporal(ProcessPart):
    """`temporal server start-dev`; everything it knows is in `temporal/temporal.db`."""

    def prepare(self) -> None:
        self._database = self.run.data.sub("temporal") / "temporal.db"
        self._port = self.run.ports.take("temporal")
        self._ui_port = self.run.ports.take("temporal_ui")

    def command(self) -> Sequence[str]:
        argv = [beside_python("temporal"), "server", "start-dev", "--ip", "127.0.0.1"]
        argv += ["--port", str(self._port), "--ui-port", str(self._ui_port)]
        argv += ["--db-filename", str(self._database), "--log-level", "warn"]
        for pragma in _PRAGMAS:
            argv += ["--sqlite-pragma", pragma]
        for value in _DYNAMIC:
            argv += ["--dynamic-config-value", value]
        for name in SEARCH_ATTRIBUTES:
            argv += ["--search-attribute", f"{name}=Keyword"]
        return argv

    def healthy(self) -> bool:
        if wait.port_is_free(self._port):
            return False
        return asyncio.run(_ready(self.address))

    @property
    def address(self) -> str:
        """host:port of the frontend."""
        return f"127.0.0.1:{self._port}"

    @property
    def ui_url(self) -> str:
        """Address of the Web UI."""
        return f"http://127.0.0.1:{self._ui_port}"

    def variables(self, door: Door) -> Mapping[str, str]:
        if door == "owner":
            return {}
        return {"TEMPORAL_ADDRESS": self.address, "TEMPORAL_UI_URL": self.ui_url}


async def _ready(address: str) -> bool:
    """True when the frontend serves and knows our search attributes in the namespace."""
    # Heavy to import: done while the servers come up, not when the command line starts.
    from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
    from temporalio.client import Client
    from temporalio.service import RPCError

    try:
        client = await asyncio.wait_for(Client.connect(address), timeout=5)
        answer = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace="default")
        )
    except (RPCError, RuntimeError, TimeoutError):
        return False
    return set(SEARCH_ATTRIBUTES) <= set(answer.custom_attributes)
