"""Administrators' calls: /users, new sites, /devices, /enrollment-codes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from api.admin import service
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
from api.deps import ADMINISTER, Admissions, Caller, Events, Parts, People
from api.errors import Code, problems


async def _paging(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Paging:
    return Paging(limit, offset)


Which = Annotated[Paging, Depends(_paging)]
router = APIRouter(tags=["admin"], dependencies=[ADMINISTER])


@router.get("/users")
async def list_users(which: Which, people: People) -> Page[User]:
    """The organization's people, by e-mail address."""
    return await service.list_users(which, people)


@router.post(
    "/users",
    status_code=status.HTTP_201_CREATED,
    responses=problems(Code.EMAIL_TAKEN, Code.SITE_NOT_FOUND),
)
async def create_user(body: NewUser, people: People, events: Events) -> User:
    """Let somebody sign in who has this address, verified by the identity provider."""
    return await service.create_user(body, people, events)


@router.patch(
    "/users/{user_id}",
    responses=problems(Code.USER_NOT_FOUND, Code.SITE_NOT_FOUND, Code.OWN_ACCOUNT),
)
async def change_user(
    user_id: UUID, body: ChangeUser, parts: Parts, caller: Caller, people: People, events: Events
) -> User:
    """Change a person's role or sites, or shut them out and let them in again.

    A disabled person's token stops working within seconds (10 unless the deployment says
    otherwise). Another role or other sites count from the next sign-in, 8 hours later at most:
    disable the person first if it must be at once. Nobody disables or demotes themselves.
    """
    return await service.change_user(user_id, body, caller.scope, people, events, parts.revocations)


@router.post(
    "/sites",
    status_code=status.HTTP_201_CREATED,
    responses=problems(Code.SITE_NAME_TAKEN, Code.INVALID_REQUEST),
)
async def create_site(body: NewSite, people: People, events: Events) -> Site:
    """Open a site."""
    return await service.create_site(body, people, events)


@router.get("/devices")
async def list_devices(which: Which, admissions: Admissions) -> Page[Device]:
    """The organization's devices, the last seen first."""
    return await service.list_devices(which, admissions)


@router.post("/devices/{device_id}/revoke", responses=problems(Code.DEVICE_NOT_FOUND))
async def revoke_device(
    device_id: UUID, parts: Parts, caller: Caller, admissions: Admissions, events: Events
) -> Device:
    """Shut a device out for good: its token stops working within seconds, as does enrolling again.

    The bound is 10 seconds unless the deployment says otherwise.
    """
    return await service.revoke_device(
        device_id, caller.scope, admissions, events, parts.revocations
    )


@router.get("/enrollment-codes")
async def list_enrollment_codes(which: Which, admissions: Admissions) -> Page[EnrollmentCode]:
    """The organization's enrolment codes, the newest first; never the codes themselves."""
    return await service.list_codes(which, admissions)


@router.post("/enrollment-codes", status_code=status.HTTP_201_CREATED)
async def create_enrollment_code(
    body: NewCode, admissions: Admissions, events: Events
) -> FreshCode:
    """Make a code that lets devices join. It is shown this once; only its SHA-256 is kept."""
    return await service.create_code(body, admissions, events)


@router.post(
    "/enrollment-codes/{code_id}/expire", responses=problems(Code.ENROLLMENT_CODE_NOT_FOUND)
)
async def expire_enrollment_code(
    code_id: UUID, admissions: Admissions, events: Events
) -> EnrollmentCode:
    """End a code's life now. Devices that came with it stay."""
    return await service.expire_code(code_id, admissions, events)
