"""The demonstration data, written when missing; every start brings it up to date.

Two organizations, each with one site and one enrolment code. People have three roles (`device`
belongs to phones), so the four users are one for each role in "Demo Motors" and an `outsider`, the
admin of "Other Motors", to try what one organization sees of another: nothing. See
`devstack.people`; everybody signs in at the development issuer with their e-mail address.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from devstack.people import DEMO, OTHER, PEOPLE, Person
from schema import migrate
from schema.tables.tenancy import EnrollmentCode, Organization, Site, User, UserSiteAccess

_SITES = {DEMO: "Studio Hamburg", OTHER: "Yard 7"}
_CODE_USES = 1000
_CODE_DAYS = 365
# The same ids on every machine and after every reset: links and notes stay good.
_NAMESPACE = uuid.UUID("5b0c1c1e-7f5f-4a57-9a3d-3600360036a0")


@dataclass(frozen=True)
class Seeded:
    """What a phone needs to join an organization."""

    organization: str
    org_id: uuid.UUID
    site_id: uuid.UUID
    enrollment_code: str


def organization_id(organization: str) -> uuid.UUID:
    """The id of a seeded organization."""
    return uuid.uuid5(_NAMESPACE, organization)


def site_id(organization: str) -> uuid.UUID:
    """The id of a seeded organization's site."""
    return uuid.uuid5(_NAMESPACE, f"{organization}/site")


def seed(owner_url: str, code: str, issuer: str) -> dict[str, Seeded]:
    """Write everything, with `code` as the enrolment code of both organizations.

    Users that are bound to an issuer other than `issuer` (its port has changed) are set free, so
    that they can sign in again. Safe to call at every start.
    """
    engine = migrate.engine(owner_url)
    for organization in (DEMO, OTHER):
        with Session(engine) as session, session.begin():
            act_for(session, organization_id(organization))
            _write_tenant(session, organization, code)
            for person in PEOPLE:
                if person.organization == organization:
                    _write_user(session, person, issuer)
    return {name: _facts(name, code) for name in (DEMO, OTHER)}


def act_for(session: Session, org_id: uuid.UUID) -> None:
    """Row-level security holds the owner to one organization at a time, too."""
    wanted = {"id": str(org_id)}
    session.connection().execute(text("SELECT set_config('app.org_id', :id, true)"), wanted)


def _write_tenant(session: Session, organization: str, code: str) -> None:
    org_id = organization_id(organization)
    _add_missing(session, Organization(id=org_id, name=organization))
    session.flush()
    _add_missing(session, Site(id=site_id(organization), org_id=org_id, name=_SITES[organization]))
    code_id = uuid.uuid5(_NAMESPACE, f"{organization}/code")
    session.merge(enrollment_code(code_id, org_id, code, "demonstration"))
    session.flush()


def enrollment_code(code_id: uuid.UUID, org_id: uuid.UUID, code: str, label: str) -> EnrollmentCode:
    """The row of a code for many devices; the code itself is stored as a hash only."""
    return EnrollmentCode(
        id=code_id,
        org_id=org_id,
        code_sha256=hashlib.sha256(code.encode()).hexdigest(),
        label=label,
        uses_left=_CODE_USES,
        expires_at=datetime.now(UTC) + timedelta(days=_CODE_DAYS),
    )


def _write_user(session: Session, person: Person, issuer: str) -> None:
    org_id = organization_id(person.organization)
    user_id = uuid.uuid5(_NAMESPACE, person.email)
    known = session.get(User, user_id)
    if known is None:
        known = User(
            id=user_id, org_id=org_id, email=person.email, name=person.name, role=person.role
        )
        session.add(known)
        session.flush()
    elif known.issuer not in (None, issuer):
        known.issuer = known.subject = None
    access = UserSiteAccess(org_id=org_id, user_id=user_id, site_id=site_id(person.organization))
    if session.get(UserSiteAccess, (access.user_id, access.site_id)) is None:
        session.add(access)


def _add_missing(session: Session, row: Organization | Site) -> None:
    if session.get(type(row), row.id) is None:
        session.add(row)


def _facts(organization: str, code: str) -> Seeded:
    return Seeded(organization, organization_id(organization), site_id(organization), code)
