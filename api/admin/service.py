"""What administrators do, each change with its event."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from adapters.repositories.admissions import AdmissionRepository
from adapters.repositories.events import EventRepository, Happening
from adapters.repositories.people import PeopleRepository
from adapters.repositories.scope import Scope
from api.admin.schemas import (
    ChangeUser,
    Device,
    EnrollmentCode,
    FreshCode,
    NewCode,
    NewSite,
    NewUser,
    Page,
    Paging,
    Site,
    User,
)
from api.errors import ApiError, Code, FieldError
from api.revocation import Revocations
from schema.enums import EntityType
from schema.tables import tenancy


async def list_users(paging: Paging, people: PeopleRepository) -> Page[User]:
    """A page of the people, with their sites."""
    rows, total = await people.users(paging.limit, paging.offset)
    sites = await people.site_ids([row.id for row in rows])
    items = [_user(row, sites[row.id]) for row in rows]
    return Page[User](items=items, total=total, limit=paging.limit, offset=paging.offset)


async def create_user(body: NewUser, people: PeopleRepository, events: EventRepository) -> User:
    """Raises ApiError: the address is taken, or a site is not there."""
    row = await people.add_user(body.email, body.name, body.role)
    if row is None:
        raise ApiError(Code.EMAIL_TAKEN)
    await _set_sites(row.id, body.site_ids, people)
    said = {"email": body.email, "role": body.role, "site_ids": _texts(body.site_ids)}
    await events.add(Happening(EntityType.USER, row.id, "user.created", said))
    return _user(row, sorted(set(body.site_ids)))


async def change_user(
    user_id: UUID,
    body: ChangeUser,
    scope: Scope,
    people: PeopleRepository,
    events: EventRepository,
    revocations: Revocations,
) -> User:
    """Raises ApiError: 404, or 409 when administrators would lock themselves out."""
    if user_id == scope.actor_id and (body.disabled or body.role not in (None, "admin")):
        raise ApiError(Code.OWN_ACCOUNT)
    row = await people.change_user(user_id, _columns(body))
    if row is None:
        raise ApiError(Code.USER_NOT_FOUND)
    if body.site_ids is not None:
        await _set_sites(user_id, body.site_ids, people)
    said = body.model_dump(mode="json", exclude_none=True)
    await events.add(Happening(EntityType.USER, user_id, "user.changed", said))
    if body.disabled:
        revocations.shut_out(scope.org_id, user_id)
    return _user(row, (await people.site_ids([user_id]))[user_id])


def _columns(body: ChangeUser) -> dict[str, Any]:
    columns: dict[str, Any] = {} if body.role is None else {"role": body.role}
    if body.disabled is not None:
        columns["disabled_at"] = datetime.now(UTC) if body.disabled else None
    return columns


async def _set_sites(user_id: UUID, site_ids: list[UUID], people: PeopleRepository) -> None:
    if not await people.set_sites(user_id, site_ids):
        raise ApiError(Code.SITE_NOT_FOUND)


def _user(row: tenancy.User, site_ids: list[UUID]) -> User:
    return User.model_validate(row).model_copy(update={"site_ids": site_ids})


def _texts(ids: list[UUID]) -> list[str]:
    return [str(one) for one in ids]


async def list_sites(paging: Paging, people: PeopleRepository) -> Page[Site]:
    """A page of the sites."""
    rows, total = await people.sites(paging.limit, paging.offset)
    items = [Site.model_validate(row) for row in rows]
    return Page[Site](items=items, total=total, limit=paging.limit, offset=paging.offset)


async def create_site(body: NewSite, people: PeopleRepository, events: EventRepository) -> Site:
    """Raises ApiError: the name is taken, or there is no such time zone."""
    if body.time_zone not in available_timezones():
        wrong = FieldError(field="body.time_zone", message="not an IANA name", type="time_zone")
        raise ApiError(Code.INVALID_REQUEST, "There is no such time zone.", errors=[wrong])
    row = await people.add_site(body.name, body.time_zone)
    if row is None:
        raise ApiError(Code.SITE_NAME_TAKEN)
    await events.add(Happening(EntityType.SITE, row.id, "site.created", body.model_dump()))
    return Site.model_validate(row)


async def list_devices(paging: Paging, admissions: AdmissionRepository) -> Page[Device]:
    """A page of the devices."""
    rows, total = await admissions.devices(paging.limit, paging.offset)
    items = [Device.model_validate(row) for row in rows]
    return Page[Device](items=items, total=total, limit=paging.limit, offset=paging.offset)


async def revoke_device(
    device_id: UUID,
    scope: Scope,
    admissions: AdmissionRepository,
    events: EventRepository,
    revocations: Revocations,
) -> Device:
    """Raises ApiError (404)."""
    row, done = await admissions.revoke(device_id)
    if row is None:
        raise ApiError(Code.DEVICE_NOT_FOUND)
    if done:
        await events.add(Happening(EntityType.DEVICE, device_id, "device.revoked"))
        revocations.shut_out(scope.org_id, device_id)
    return Device.model_validate(row)


async def list_codes(paging: Paging, admissions: AdmissionRepository) -> Page[EnrollmentCode]:
    """A page of the codes."""
    rows, total = await admissions.codes(paging.limit, paging.offset)
    items = [EnrollmentCode.model_validate(row) for row in rows]
    return Page[EnrollmentCode](items=items, total=total, limit=paging.limit, offset=paging.offset)


async def create_code(
    body: NewCode, admissions: AdmissionRepository, events: EventRepository
) -> FreshCode:
    """A code of 128 random bits."""
    code = secrets.token_urlsafe(16)
    expires_at = datetime.now(UTC) + timedelta(seconds=body.expires_in)
    row = await admissions.add_code(code, body.label, body.uses, expires_at)
    said = body.model_dump()
    await events.add(Happening(EntityType.ENROLLMENT_CODE, row.id, "enrollment_code.created", said))
    shown = EnrollmentCode.model_validate(row)
    return FreshCode(**shown.model_dump(), code=code)


async def expire_code(
    code_id: UUID, admissions: AdmissionRepository, events: EventRepository
) -> EnrollmentCode:
    """Raises ApiError (404)."""
    row, done = await admissions.expire(code_id)
    if row is None:
        raise ApiError(Code.ENROLLMENT_CODE_NOT_FOUND)
    if done:
        await events.add(Happening(EntityType.ENROLLMENT_CODE, code_id, "enrollment_code.expired"))
    return EnrollmentCode.model_validate(row)
