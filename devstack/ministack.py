"""S3, SQS and IAM in one process (ministack), with request signatures checked."""

import signal
from collections.abc import Mapping, Sequence

from devstack import aws, wait
from devstack.aws_users import Keys
from devstack.errors import StackError
from devstack.part import Door, ProcessPart, plain_environment
from devstack.paths import REPOSITORY

_PROGRAM = REPOSITORY / ".venv-ministack" / "bin" / "ministack"
_USER_OF: dict[Door, str] = {
    "api": "presigner", "bridge": "bridge", "worker": "worker", "ops": "operator",
}  # fmt: skip


class Ministack(ProcessPart):
    """The emulator; it writes objects at once, but queues and users on an orderly stop only."""

    # Also when we die: SIGTERM lets it save its state, and it does end.
    death_signal = signal.SIGTERM

    def prepare(self) -> None:
        if not _PROGRAM.exists():
            raise StackError("s3: .venv-ministack is not installed; run `make install`")
        self._port = self.run.ports.take("s3")

    def command(self) -> Sequence[str]:
        return [str(_PROGRAM)]

    def environment(self) -> Mapping[str, str]:
        home = self.run.data.sub("s3")
        return {
            **plain_environment(self.run.data),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "MINISTACK_REGION": aws.REGION,
            "SERVICES": "s3,sqs,iam,sts",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(home / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(home / "objects"),
            "AWS_ACCESS_KEY_ID": self._root.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self._root.secret_access_key,
            "LOG_LEVEL": "WARNING",
        }

    def healthy(self) -> bool:
        return wait.http_ok(f"{self.endpoint}/_ministack/health")

    def start(self) -> None:
        """Start it; newly made users and queues are brought to disk, where a SIGKILL leaves them.

        Without that the doors, which have their keys since they started, would be strangers after
        a kill.
        """
        super().start()
        if self.run.durable and self._new_keys:
            self.stop()
            super().start()

    def bootstrap(self) -> None:
        known = self._remembered()
        self.store = aws.bootstrap(self.account, aws.Names(), known)
        self._new_keys = dict(self.store.keys) != known
        for user, keys in self.store.keys.items():
            self.run.secrets.put(
                **{f"aws_{user}_id": keys.access_key_id, f"aws_{user}": keys.secret_access_key}
            )

    @property
    def endpoint(self) -> str:
        """The address of every AWS service here."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def account(self) -> aws.Account:
        """The endpoint with the administrator's keys."""
        return aws.Account(self.endpoint, self._root)

    def variables(self, door: Door) -> Mapping[str, str]:
        if door not in _USER_OF:
            return {}
        keys = self.store.keys[_USER_OF[door]]
        values = {
            "AWS_REGION": aws.REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "S3_BUCKET": self.store.bucket,
        }
        if door in ("bridge", "ops"):
            values["SQS_QUEUE_URL"] = self.store.queue_url
        if door == "ops":
            values["SQS_DEAD_LETTER_URL"] = self.store.dead_letter_url
        return values

    @property
    def _root(self) -> Keys:
        return Keys("root", self.run.secrets.password("aws_root"))

    def _remembered(self) -> dict[str, Keys]:
        found: dict[str, Keys] = {}
        for user in _USER_OF.values():
            key_id, secret = (self.run.secrets.get(f"aws_{user}{end}") for end in ("_id", ""))
            if key_id and secret:
                found[user] = Keys(key_id, secret)
        return found
