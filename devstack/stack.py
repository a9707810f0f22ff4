"""The whole stack: which parts, in which order, up and down."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from devstack import environment
from devstack.errors import Cancelled, StackError
from devstack.events import Event, Listener, nobody
from devstack.graph import start_in_order
from devstack.leftovers import Leftovers
from devstack.lock import StackLock
from devstack.ministack import Ministack
from devstack.oidc import Oidc
from devstack.part import Door, Part, Run
from devstack.paths import DataDir
from devstack.ports import Ports
from devstack.postgres import Postgres
from devstack.registry import ALL, make, ordered
from devstack.seaweed import Seaweed
from devstack.secrets_store import Secrets
from devstack.seed_part import Seed
from devstack.services import Api, DoorPart, Schema, Worker
from devstack.supervise import Supervisor
from devstack.temporal import Temporal

_P = TypeVar("_P", bound=Part)


class Stack:
    """Real servers and our own processes on one data directory.

    `parts` chooses among `ALL`; `workers` is how many worker processes; `extra_env` goes to every
    door. With `preferred_ports=False` ports are random (tests). A context manager: entering starts,
    leaving stops. Raises StackError with one readable line (and the log's tail).
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        parts: Iterable[str] = ALL,
        workers: int = 1,
        ports: Mapping[str, int] | None = None,
        preferred_ports: bool = False,
        durable: bool = True,
        extra_env: Mapping[str, str] | None = None,
        listener: Listener = nobody,
        cancel: threading.Event | None = None,
    ) -> None:
        chosen = set(parts)
        if unknown := chosen - ALL:
            raise StackError(f"no such part: {', '.join(sorted(unknown))}; there are {sorted(ALL)}")
        data = DataDir(data_dir)
        self.listener = listener
        self.run = Run(
            data=data,
            ports=Ports(data, ports, preferred=preferred_ports, note=self._note),
            secrets=Secrets(data),
            cancel=cancel or threading.Event(),
            durable=durable,
            extra=dict(extra_env or {}),
            note=self._note,
            spawned=lambda: self._leftovers.remember(self.pids()),
        )
        self._parts = {name: make(name, self.run) for name in ordered(chosen, workers)}
        self._up: set[str] = set()
        self._lock = StackLock(data.root / "stack.lock")
        self._leftovers = Leftovers(data)
        self._supervisor = Supervisor(self._died)
        self._files = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start every part as soon as what it needs is healthy. Stops all again on failure."""
        self.open()
        try:
            self._start_all()
        except BaseException:
            self.run.cancel.set()
            self.stop()
            raise

    def open(self) -> None:
        """Take the data directory without starting anything: `start_part` does, one by one.

        Raises StackError when another stack has it; harmless when this one does.
        """
        if self._lock.held:
            return
        self._lock.acquire()
        self._leftovers.end(self.run.cancel)
        self._supervisor.start()

    def stop(self, *, kill: bool = False) -> None:
        """Stop every part, the doors first; `kill` asks nobody. Harmless when nothing runs."""
        self._supervisor.stop()
        doors = [part for part in self._parts.values() if isinstance(part, DoorPart)]
        servers = [part for part in self._parts.values() if not isinstance(part, DoorPart)]
        for group in (doors, servers):
            self._stop_group(group, kill=kill)
        self._leftovers.forget()
        self._lock.release()

    def start_part(self, name: str, *, env: Mapping[str, str] | None = None) -> None:
        """Start one part that is not running; `env` is added to a door's environment.

        `worker-2`, `worker-3`, ... are further workers.
        """
        part = self._parts.get(name) or make(name, self.run)
        self._parts[name] = part
        if isinstance(part, DoorPart):
            part.extra = dict(env or {})
        self._start_one(part)
        self._write_files()

    def stop_part(self, name: str, *, kill: bool = False) -> None:
        """Stop one part; `kill` is SIGKILL."""
        self._supervisor.forget(name)
        self._stop_one(self._parts[name], kill=kill)

    def settings(self, door: Door) -> dict[str, str]:
        """The environment variables of a door: what is in `<data>/<door>.env`."""
        return environment.settings_of(door, self._known(), self.run)

    def pids(self) -> dict[str, int]:
        """The process ids of the running parts."""
        running = ((n, p.process) for n, p in self._parts.items())
        return {n: p.pid for n, p in running if p is not None and p.running and p.pid is not None}

    @property
    def postgres(self) -> Postgres:
        """The database server."""
        return self._get("postgres", Postgres)

    @property
    def temporal(self) -> Temporal:
        """The Temporal server."""
        return self._get("temporal", Temporal)

    @property
    def s3(self) -> Ministack:
        """S3, SQS and IAM."""
        return self._get("s3", Ministack)

    @property
    def seaweed(self) -> Seaweed:
        """The second S3, once `start_part` has started it."""
        return self._get("seaweed", Seaweed)

    @property
    def oidc(self) -> Oidc:
        """The OIDC issuer."""
        return self._get("oidc", Oidc)

    @property
    def api(self) -> Api:
        """The REST API."""
        return self._get("api", Api)

    @property
    def seed(self) -> Seed:
        """The demonstration data."""
        return self._get("seed", Seed)

    @property
    def failed(self) -> list[str]:
        """The parts that ended without being asked to."""
        return self._supervisor.dead

    def _get(self, name: str, kind: type[_P]) -> _P:
        part = self._parts.get(name)
        if not isinstance(part, kind):
            raise StackError(f"this stack was made without {name}")
        return part

    def _known(self) -> list[Part]:
        """The parts that have something to tell: those that are up, and the doors."""
        return [p for name, p in self._parts.items() if name in self._up or isinstance(p, DoorPart)]

    def _start_all(self) -> None:
        needs = {name: part.needs for name, part in self._parts.items()}
        start_in_order(needs, lambda name: self._start_one(self._parts[name]), self.run.cancel)
        self._write_files()

    def _start_one(self, part: Part) -> None:
        began = time.monotonic()
        self.listener(Event(part.name, "starting"))
        try:
            self._connect(part)
            part.start()
        except Cancelled:
            raise
        except StackError:
            self.listener(Event(part.name, "failed", time.monotonic() - began))
            raise
        self._up.add(part.name)
        if part.process is not None:
            self._supervisor.watch(part.name, part.process)
        self.listener(Event(part.name, "healthy", time.monotonic() - began))

    def _connect(self, part: Part) -> None:
        """Give a part of ours what the servers know by now."""
        if isinstance(part, Api):
            part.take_port()
        if isinstance(part, Worker):
            part.temporal_address = self.temporal.address
        if isinstance(part, Seed):
            part.connect(self.postgres, self.oidc)
        if isinstance(part, Schema | Seed | DoorPart):
            self._write_files()

    def _write_files(self) -> None:
        with self._files:
            environment.write_files(self._known(), self.run)

    def _stop_group(self, group: Sequence[Part], *, kill: bool) -> None:
        running = [part for part in group if part.process is not None and part.process.running]
        if running:
            with ThreadPoolExecutor(len(running)) as pool:
                list(pool.map(lambda part: self._stop_one(part, kill=kill), running))

    def _stop_one(self, part: Part, *, kill: bool) -> None:
        began = time.monotonic()
        self.listener(Event(part.name, "stopping"))
        part.stop(kill=kill)
        self._up.discard(part.name)
        self.listener(Event(part.name, "stopped", time.monotonic() - began))

    def _died(self, name: str, code: int, tail: str) -> None:
        self.listener(Event(name, "died", text=f"ended with code {code}\n{tail}"))

    def _note(self, text: str) -> None:
        self.listener(Event("stack", "note", text=text))
