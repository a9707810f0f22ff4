"""Seeding as a part of the stack: after the migrations, beside everything else."""

import secrets
from typing import TYPE_CHECKING, ClassVar

from devstack.errors import StackError
from devstack.oidc import Oidc
from devstack.part import Part, Run
from devstack.people import DEMO
from devstack.postgres import Postgres

if TYPE_CHECKING:
    from devstack.seed import Seeded

_CODE = "enrollment_code"


class Seed(Part):
    """Writes the demonstration data; `demo` is what a phone needs to join "Demo Motors"."""

    needs: ClassVar[frozenset[str]] = frozenset({"schema", "oidc"})

    def __init__(self, name: str, run: Run) -> None:
        super().__init__(name, run)
        self._seeded: dict[str, Seeded] = {}

    def connect(self, postgres: Postgres, oidc: Oidc) -> None:
        """Say where to write and which issuer the users sign in at; before `start`."""
        self._owner_url, self._issuer = postgres.url("owner"), oidc.issuer

    def start(self) -> None:
        """Write it. Raises StackError when the tables refuse."""
        # Imported here: only this part needs the tables, and they take half a second.
        from sqlalchemy.exc import SQLAlchemyError

        from devstack.seed import seed

        code = self.run.secrets.get(_CODE) or secrets.token_hex(4)
        self.run.secrets.put(**{_CODE: code})
        try:
            self._seeded = seed(self._owner_url, code, self._issuer)
        except SQLAlchemyError as error:
            raise StackError(f"seeding failed: {error}") from error

    @property
    def demo(self) -> "Seeded":
        """The demonstration organization, its site and its enrolment code."""
        return self._seeded[DEMO]
