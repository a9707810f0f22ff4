"""The OIDC issuer for development: users by e-mail address, verified, no password.

The issuer keeps its users in memory, so they are given to it at every start; its signing key stays
in the data directory. Any client id is accepted; the one we use is the portal's.
"""

import json
import sys
from collections.abc import Mapping, Sequence

from devstack import wait
from devstack.part import Door, ProcessPart
from devstack.people import PEOPLE, Person

CLIENT_ID = "imaging360-portal"


class Oidc(ProcessPart):
    """`oidc-provider-mock`, see `devstack.oidc_server`; a user's subject is the e-mail address."""

    def prepare(self) -> None:
        self._port = self.run.ports.take("oidc")

    def command(self) -> Sequence[str]:
        argv = [sys.executable, "-m", "devstack.oidc_server"]
        argv += [str(self.run.data.root / "oidc-key.json")]
        argv += ["-H", "127.0.0.1", "-p", str(self._port)]
        return argv + user_options()

    def healthy(self) -> bool:
        return wait.http_ok(f"{self.issuer}/.well-known/openid-configuration")

    @property
    def issuer(self) -> str:
        """The `iss` of its tokens, and where its discovery document lies."""
        return f"http://127.0.0.1:{self._port}"

    def variables(self, door: Door) -> Mapping[str, str]:
        return {"OIDC_ISSUER": self.issuer, "OIDC_AUDIENCE": CLIENT_ID} if door == "api" else {}


def user_options() -> list[str]:
    """The options of `oidc-provider-mock` that give it everybody of the demonstration data."""
    claims = (json.dumps(_claims(person)) for person in PEOPLE)
    return [option for claim in claims for option in ("--user-claims", claim)]


def _claims(person: Person) -> dict[str, object]:
    return {
        "sub": person.email,
        "email": person.email,
        "email_verified": True,
        "name": person.name,
    }
