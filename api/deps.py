"""What routes ask for: who calls, whether they may, and one transaction of their tenant."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any, TypeVar

import structlog
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from adapters.repositories.admissions import AdmissionRepository
from adapters.repositories.devices import DeviceRepository
from adapters.repositories.events import EventRepository
from adapters.repositories.images import ImageRepository
from adapters.repositories.people import PeopleRepository
from adapters.repositories.scope import Repository, Scope
from adapters.repositories.sessions import SessionRepository
from adapters.repositories.spins import SpinRepository
from adapters.repositories.tickets import TicketRepository
from adapters.repositories.uploads import UploadRepository
from adapters.repositories.vehicles import VehicleRepository
from api.backends import Backends
from api.errors import ApiError, Code
from api.principal import Principal
from schema.enums import Role

R = TypeVar("R", bound=Repository)
BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", description="From /auth/*.")


# Dependencies are `async def` even when they wait for nothing: others cost a thread's round trip.


async def backends(request: Request) -> Backends:
    """The adapters that the door opened."""
    opened: Backends = request.app.state.backends
    return opened


Parts = Annotated[Backends, Depends(backends)]


async def authenticate(
    parts: Parts,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
) -> Principal:
    """Whom the bearer token speaks for; 401 without a token that can be believed."""
    if credentials is None:
        raise ApiError(Code.TOKEN_MISSING, headers={"WWW-Authenticate": "Bearer"})
    return await admit(parts, parts.tokens.read(credentials.credentials))


async def admit(parts: Backends, principal: Principal) -> Principal:
    """The principal, unless it was shut out (401); the log names it from here on."""
    scope = principal.scope
    await parts.revocations.check(scope)
    structlog.contextvars.bind_contextvars(
        org_id=str(scope.org_id), actor=f"{scope.role}:{scope.actor_id}"
    )
    return principal


Caller = Annotated[Principal, Depends(authenticate)]


class Permission:
    """The roles that a route is open to; None opens it to everybody.

    Every route has exactly one among its `dependencies`; the tests fail for one without.
    """

    def __init__(self, roles: frozenset[Role] | None) -> None:
        self.roles = roles


class RolePermission(Permission):
    """Open to the roles given."""

    def __init__(self, *roles: Role) -> None:
        super().__init__(frozenset(roles))

    async def __call__(self, principal: Caller) -> None:
        """403 for any other role."""
        role = principal.scope.role
        if self.roles is not None and role not in self.roles:
            raise ApiError(Code.ROLE_FORBIDDEN, f"A token of role {role} may not do that.")


class PublicPermission(Permission):
    """Open to everybody, without a token."""

    def __init__(self) -> None:
        super().__init__(None)

    async def __call__(self) -> None:
        """Nothing to check."""


PUBLIC = Depends(PublicPermission())
CAPTURE = Depends(RolePermission(Role.DEVICE, Role.OPERATOR, Role.REVIEWER, Role.ADMIN))
VIEW = Depends(RolePermission(Role.OPERATOR, Role.REVIEWER, Role.ADMIN))
REVIEW = Depends(RolePermission(Role.REVIEWER, Role.ADMIN))
ADMINISTER = Depends(RolePermission(Role.ADMIN))


@asynccontextmanager
async def tenant_transaction(parts: Backends, scope: Scope) -> AsyncIterator[AsyncSession]:
    """One transaction of the caller's organization; commits at the end."""
    async with parts.database.transaction(scope.org_id) as db:
        yield db


async def transaction(parts: Parts, principal: Caller) -> AsyncIterator[AsyncSession]:
    """The request's transaction, committed before the answer is sent."""
    async with tenant_transaction(parts, principal.scope) as db:
        yield db


Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]


def _repository(kind: type[R]) -> Any:  # noqa: ANN401 - what Depends() gives
    async def provide(db: Transaction, principal: Caller) -> R:
        return kind(db, principal.scope)

    return Depends(provide)


Admissions = Annotated[AdmissionRepository, _repository(AdmissionRepository)]
Devices = Annotated[DeviceRepository, _repository(DeviceRepository)]
Events = Annotated[EventRepository, _repository(EventRepository)]
Images = Annotated[ImageRepository, _repository(ImageRepository)]
People = Annotated[PeopleRepository, _repository(PeopleRepository)]
Sessions = Annotated[SessionRepository, _repository(SessionRepository)]
Spins = Annotated[SpinRepository, _repository(SpinRepository)]
Tickets = Annotated[TicketRepository, _repository(TicketRepository)]
Uploads = Annotated[UploadRepository, _repository(UploadRepository)]
Vehicles = Annotated[VehicleRepository, _repository(VehicleRepository)]

OpenTransaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]


async def open_later(parts: Parts, principal: Caller) -> OpenTransaction:
    """For a request that asks somebody else first: no connection is held meanwhile."""
    return lambda: tenant_transaction(parts, principal.scope)


Later = Annotated[OpenTransaction, Depends(open_later)]
