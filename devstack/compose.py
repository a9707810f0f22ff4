"""What two services of the compose file run.

`python -m devstack.compose issuer` serves the OIDC issuer. `python -m devstack.compose setup`, safe
to run again, migrates, makes bucket, queues and IAM users, seeds the demonstration data, and writes
one settings file a door into a volume that the doors read (`IMAGING360_ENV_FILE`).
"""

import json
import os
import secrets
import sys
from dataclasses import asdict
from pathlib import Path

from adapters.signing_keys import ensure_key
from devstack import aws
from devstack.aws_users import Keys
from devstack.oidc import CLIENT_ID, user_options
from devstack.paths import DataDir
from devstack.people import DEMO
from devstack.seed import seed
from schema import migrate

_USERS = {"api": "presigner", "bridge": "bridge", "worker": "worker", "ops": "operator"}


def issuer() -> None:
    """Serve the OIDC issuer on the port of `SETUP_OIDC_ISSUER` until a signal ends the process."""
    # Imported here: only the issuer's image needs the provider.
    from devstack import oidc_server

    port = os.environ["SETUP_OIDC_ISSUER"].rpartition(":")[2]
    key = Path(os.environ["SETUP_DIR"]) / "oidc-key.json"
    oidc_server.main(key, ["-H", "0.0.0.0", "-p", port, *user_options()])


def setup() -> None:
    """Set up from the `SETUP_*` variables of the compose file."""
    data = DataDir(Path(os.environ["SETUP_DIR"]))
    owner = os.environ["SETUP_OWNER_DATABASE_URL"]
    passwords = {door: _kept(data, f"{door}-password") for door in ("api", "worker")}
    migrate.upgrade(owner)
    for door, password in passwords.items():
        migrate.set_role_password(owner, f"imaging360_{door}", password)
    code = _kept(data, "enrollment-code")
    seeded = seed(owner, code, os.environ["SETUP_OIDC_ISSUER"])[DEMO]
    ensure_key(data.sub("jwt-keys"))
    _write(data, _object_store(data), passwords)
    print(f"org {seeded.org_id}, site {seeded.site_id}, enrolment code {code}")


def _object_store(data: DataDir) -> aws.ObjectStore:
    root = Keys("root", os.environ["SETUP_AWS_ROOT_SECRET"])
    file = data.root / "aws-keys.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    store = aws.bootstrap(
        aws.Account(os.environ["SETUP_AWS_ENDPOINT_URL"], root),
        aws.Names(),
        {user: Keys(**keys) for user, keys in known.items()},
    )
    kept = {user: asdict(keys) for user, keys in store.keys.items()}
    data.write_private(file.name, json.dumps(kept))
    return store


def _write(data: DataDir, store: aws.ObjectStore, passwords: dict[str, str]) -> None:
    database = os.environ["SETUP_DATABASE_ADDRESS"]
    common = {
        "ENVIRONMENT": "development",
        "AWS_ENDPOINT_URL": store.account.endpoint,
        "AWS_REGION": store.account.region,
        "S3_BUCKET": store.bucket,
        "SQS_QUEUE_URL": store.queue_url,
        "SQS_DEAD_LETTER_URL": store.dead_letter_url,
        "TEMPORAL_ADDRESS": os.environ["SETUP_TEMPORAL_ADDRESS"],
        "OIDC_ISSUER": os.environ["SETUP_OIDC_ISSUER"],
        "OIDC_AUDIENCE": CLIENT_ID,
        "JWT_KEYS_DIR": str(data.sub("jwt-keys")),
    }
    for door, user in _USERS.items():
        keys = store.keys[user]
        own = {
            "AWS_ACCESS_KEY_ID": keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        }
        if door in passwords:
            url = f"postgresql+psycopg://imaging360_{door}:{passwords[door]}@{database}"
            own[f"{door.upper()}_DATABASE_URL"] = url
        lines = [f"IMAGING360_{name}={value}\n" for name, value in (common | own).items()]
        data.write_private(f"{door}.env", "".join(lines))


def _kept(data: DataDir, name: str) -> str:
    """A secret that is made at the first run."""
    file = data.root / name
    if not file.exists():
        data.write_private(name, secrets.token_hex(8))
    return file.read_text()


if __name__ == "__main__":
    {"issuer": issuer, "setup": setup}[sys.argv[1]]()
