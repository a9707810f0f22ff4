"""A second S3 (SeaweedFS), for tests: what two independent stores refuse is no whim of one."""

import json
from collections.abc import Mapping, Sequence

from devstack import aws, wait
from devstack.aws_users import Keys
from devstack.part import ProcessPart, beside_python, plain_environment

# Each server takes an address for people and one for its fellows.
_SERVERS = ("master", "volume", "filer", "admin", "s3")
_OFF = (
    "-s3.iam=false",
    "-s3.autoCreateBucket=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-webdav=false",
    "-admin.ui=false",
    "-master.telemetry=false",
)
_RIGHTS = {"root": ["Admin"], "presigner": ["Read", "Write", "List", "Tagging"]}


class Seaweed(ProcessPart):
    """`weed mini` with two users: `root`, and `presigner` who may read, write and list."""

    def prepare(self) -> None:
        self._home = self.run.data.sub("seaweed")
        take = self.run.ports.take
        self._ports = {f"{name}.port": take(f"seaweed_{name}") for name in _SERVERS}
        self._ports |= {f"{name}.port.grpc": take(f"seaweed_{name}_grpc") for name in _SERVERS}
        self.run.data.write_private("seaweed.json", json.dumps(self._identities()))

    def command(self) -> Sequence[str]:
        argv = [beside_python("weed"), "mini", f"-dir={self._home}"]
        argv += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        argv += [f"-{option}={port}" for option, port in self._ports.items()]
        return [*argv, f"-s3.config={self.run.data.root / 'seaweed.json'}", *_OFF]

    def environment(self) -> Mapping[str, str]:
        return plain_environment(self.run.data)

    def healthy(self) -> bool:
        return wait.http_ok(f"{self.endpoint}/healthz")

    @property
    def endpoint(self) -> str:
        """The address of its S3."""
        return f"http://127.0.0.1:{self._ports['s3.port']}"

    @property
    def account(self) -> aws.Account:
        """The endpoint with the administrator's keys."""
        return aws.Account(self.endpoint, self.keys("root"))

    def keys(self, user: str) -> Keys:
        """The access key of `root` or `presigner`."""
        return Keys(user, self.run.secrets.password(f"seaweed_{user}"))

    def _identities(self) -> dict[str, object]:
        return {
            "identities": [
                {
                    "name": user,
                    "credentials": [
                        {"accessKey": user, "secretKey": self.keys(user).secret_access_key}
                    ],
                    "actions": rights,
                }
                for user, rights in _RIGHTS.items()
            ]
        }
