"""The process that keeps the servers of one test run, shared by all of its pytest processes.

Each pytest process holds a connection open for as long as it lives; when the last one is closed, by
whatever end of its process, the keeper stops the servers, removes their data and exits. Servers
are started when first asked for. One JSON object per line, both ways.
"""

import contextlib
import json
import shutil
import socket
import sys
import tempfile
import threading
from pathlib import Path

from devstack.errors import StackError
from devstack.events import Event
from devstack.postgres import DATABASE
from devstack.registry import SERVERS
from devstack.stack import Stack

Answer = dict[str, str]
_FIRST_CLIENT_SECONDS = 30.0


class Keeper:
    """Starts servers on demand; `serve` returns when nobody is connected any more."""

    def __init__(self, address: Path) -> None:
        self._address = address
        self._data = Path(tempfile.mkdtemp(prefix="servers-", dir=address.parent))
        self._stack = Stack(self._data, parts=SERVERS, durable=False, listener=_log)
        self._lock = threading.Lock()
        self._ready: dict[str, Answer] = {}
        self._clients: set[socket.socket] = set()
        self._last: socket.socket | None = None
        self._empty = threading.Event()

    def serve(self) -> None:
        """Answer until the last client has gone, then clean up."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
            listening.bind(str(self._address))
            listening.listen(64)
            listening.settimeout(_FIRST_CLIENT_SECONDS)
            try:
                self._stack.open()
                self._accept(listening)
            finally:
                self._address.unlink(missing_ok=True)
                listening.close()
                self._end()

    def _accept(self, listening: socket.socket) -> None:
        """The first client must come within the time limit; after it, look ten times a second."""
        with contextlib.suppress(TimeoutError):
            self._join(listening.accept()[0])
        listening.settimeout(0.1)
        while self._clients:
            with contextlib.suppress(TimeoutError):
                self._join(listening.accept()[0])

    def _join(self, client: socket.socket) -> None:
        client.setblocking(True)
        self._clients.add(client)
        threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        """Serve one client to its end. The last one that says goodbye is closed after the stop."""
        goodbye = False
        with contextlib.suppress(OSError, ValueError), client.makefile("rw") as stream:
            for line in stream:
                if goodbye := line.strip() == '"bye"':
                    break
                stream.write(json.dumps(self._answer(str(json.loads(line)))) + "\n")
                stream.flush()
        with self._lock:
            if goodbye and self._clients == {client}:
                self._last = client
            else:
                client.close()
            self._clients.discard(client)

    def _answer(self, name: str) -> Answer:
        with self._lock:
            try:
                if name not in self._ready:
                    self._ready[name] = self._prepare(name)
                return self._ready[name]
            except Exception as error:
                # Whatever it is, the tests that asked must fail with it, not wait for it.
                return {"error": f"{type(error).__name__}: {error}"}

    def _prepare(self, name: str) -> Answer:
        if name == "template":
            return self._migrate()
        self._stack.start_part(name)
        match name:
            case "postgres":
                return _postgres(self._stack)
            case "temporal":
                return {"address": self._stack.temporal.address, "ui": self._stack.temporal.ui_url}
            case "s3":
                root = self._stack.s3.account.root
                return {"endpoint": self._stack.s3.endpoint, "secret": root.secret_access_key}
            case "seaweed":
                return _seaweed(self._stack)
            case "oidc":
                return {"issuer": self._stack.oidc.issuer}
        raise StackError(f"no such server: {name}")

    def _migrate(self) -> Answer:
        """Run the migrations once; databases are copied from the result."""
        # Only runs that ask for a database pay for the import.
        from schema import migrate

        if "postgres" not in self._ready:
            self._ready["postgres"] = self._prepare("postgres")
        postgres = self._stack.postgres
        migrate.upgrade(postgres.url("owner"))
        migrate.set_role_password(postgres.url("owner"), "imaging360_api", postgres.password("api"))
        migrate.set_role_password(
            postgres.url("owner"), "imaging360_worker", postgres.password("worker")
        )
        return {"database": DATABASE}

    def _end(self) -> None:
        self._stack.stop()
        shutil.rmtree(self._data, ignore_errors=True)
        shutil.rmtree(self._address.parent, ignore_errors=True)
        if self._last is not None:
            self._last.close()


def _postgres(stack: Stack) -> Answer:
    urls = {door: stack.postgres.url(door) for door in ("owner", "api", "worker")}
    return {"admin": stack.postgres.admin_url(), **urls}


def _seaweed(stack: Stack) -> Answer:
    secrets = {user: stack.seaweed.keys(user).secret_access_key for user in ("root", "presigner")}
    return {"endpoint": stack.seaweed.endpoint, **secrets}


def _log(event: Event) -> None:
    print(f"{event.part} {event.state} {event.seconds:.1f} s {event.text}", flush=True)


if __name__ == "__main__":
    Keeper(Path(sys.argv[1])).serve()
