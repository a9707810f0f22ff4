"""What the document promises, asked by schemathesis of the real application, as every role.

`CONTRACT_EXAMPLES=200` looks longer: so many random requests for each operation and role.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.openapi import FILE
from api.principal import Tokens
from devstack import sign_in
from devstack.aws import ObjectStore
from devstack.testing.databases import Database
from devstack.testing.servers import TemporalServer
from schema.enums import Role
from settings import ApiSettings
from tests.api.served import Served, served
from tests.api.world import Org

EXAMPLES = os.environ.get("CONTRACT_EXAMPLES", "8")
pytestmark = pytest.mark.timeout(300 + 20 * int(EXAMPLES))
UNLIMITED = 10**9
OPERATIONS = {
    f"{method.upper()} {path}"
    for path, methods in json.loads(FILE.read_text())["paths"].items()
    for method in methods
}
# Their good answers need more than a request: a stream, and pictures that a bug has parked.
NOT_REACHED = {
    "GET /live",
    "POST /images/{image_id}/retry",
    "POST /images/{image_id}/discard",
}


@pytest.fixture(scope="module")
def api_server(
    module_database: Database,
    temporal_server: TemporalServer,
    object_store: ObjectStore,
    oidc_issuer: str,
    keys_dir: Path,
) -> Iterator[Served]:
    """The application on real servers, as settings describe them."""
    keys = object_store.keys["presigner"]
    settings = ApiSettings(
        environment="test",
        api_database_url=SecretStr(module_database.api),
        temporal_address=temporal_server.address,
        aws_endpoint_url=object_store.account.endpoint,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=SecretStr(keys.secret_access_key),
        s3_bucket=object_store.bucket,
        jwt_keys_dir=keys_dir,
        oidc_issuer=oidc_issuer,
        enrollments_a_minute=UNLIMITED,
        presigns_a_minute=UNLIMITED,
        events_a_minute=UNLIMITED,
    )
    with served(settings) as running:
        yield running


def _identity(issuer: str, email: str) -> str:
    sign_in.put_user(issuer, email, {"email": email, "email_verified": True})
    return sign_in.id_token(issuer, email, subject=email)


@pytest.fixture
def configuration(org: Org, oidc_issuer: str, tmp_path: Path) -> Path:
    """The configuration beside its dictionaries: what the organization has."""
    sessions = [org.session() for _ in range(12)]
    known: dict[str, Iterable[object]] = {
        "codes": [org.code_id() for _ in range(4)],
        "devices": [org.another_device() for _ in range(4)],
        "enrolment": [org.code(uses=10_000, expires_in=timedelta(hours=2))],
        "identities": [_identity(oidc_issuer, org.email(Role.REVIEWER))],
        "images": [org.image(session, angle_deg=90 * n) for session in sessions for n in (0, 1)],
        "organizations": [org.id],
        "sessions": sessions,
        "sites": [org.here],
        "users": org.users.values(),
    }
    for name, values in known.items():
        (tmp_path / name).write_text("".join(f'"{value}"\n' for value in values))
    return Path(shutil.copy(Path(__file__).with_name("contract.toml"), tmp_path))


def _headers(role: Role | None, tokens: Tokens, org: Org) -> list[str]:
    if role is None:
        return []
    if role is Role.DEVICE:
        token = tokens.for_device(org.id, org.device).value
    else:
        token = tokens.for_user(org.id, org.users[role], role, [org.here]).value
    return ["--header", f"Authorization: Bearer {token}"]


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_what_the_document_promises(
    api_server: Served, configuration: Path, tokens: Tokens, org: Org, role: Role | None
) -> None:
    api_server.answered.clear()
    # What is wrong with a request is found before what it is about: once is enough for the edges.
    phases = "examples,coverage,fuzzing" if role is Role.ADMIN else "examples,fuzzing"
    program = [sys.executable, "-m", "schemathesis.cli", "--config-file", configuration.name]
    asked = ["run", f"{api_server.url}/openapi.json", "--max-examples", EXAMPLES]
    asked += ["--phases", phases]
    run = subprocess.run(
        [*program, *asked, *_headers(role, tokens, org)],
        cwd=configuration.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    if role is Role.ADMIN:
        answered = {name for name, status in api_server.answered if 200 <= status < 300}
        assert answered >= OPERATIONS - NOT_REACHED
    else:
        assert api_server.answered.total() > len(OPERATIONS)
