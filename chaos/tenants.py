"""Organizations of their own for a run: a site and an enrolment code each."""

import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlmodel import Session

from devstack.seed import act_for, enrollment_code
from schema import migrate
from schema.tables.tenancy import Organization, Site


@dataclass(frozen=True)
class Tenant:
    """What a phone needs to join."""

    org_id: UUID
    site_id: UUID
    enrollment_code: str


def found(owner_url: str, count: int) -> list[Tenant]:
    """Write `count` new organizations into the database of `owner_url`."""
    engine = migrate.engine(owner_url)
    tenants = [Tenant(uuid4(), uuid4(), secrets.token_hex(8)) for _ in range(count)]
    for number, tenant in enumerate(tenants, 1):
        with Session(engine) as session, session.begin():
            _write(session, tenant, number)
    engine.dispose()
    return tenants


def _write(session: Session, tenant: Tenant, number: int) -> None:
    act_for(session, tenant.org_id)
    session.add(Organization(id=tenant.org_id, name=f"Chaos Motors {number}"))
    session.flush()
    session.add(Site(id=tenant.site_id, org_id=tenant.org_id, name=f"Yard {number}"))
    session.add(enrollment_code(uuid4(), tenant.org_id, tenant.enrollment_code, "chaos"))
