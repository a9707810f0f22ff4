"""Devices and the codes that let them in."""

from enum import StrEnum
from hashlib import sha256

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.enums import Platform
from schema.tables.tenancy import Device, EnrollmentCode, Organization


class Enrolment(StrEnum):
    """What became of an enrolment."""

    NEW = "new"
    RENEWED = "renewed"
    REVOKED = "revoked"
    TAKEN = "taken"


class DeviceRepository(Repository):
    """`devices` and `enrollment_codes`; the scope's actor is the device."""

    async def organization_exists(self) -> bool:
        """Whether the scope's organization is there at all."""
        wanted = select(col(Organization.id)).where(col(Organization.id) == self._scope.org_id)
        return await self._db.scalar(wanted) is not None

    async def use_code(self, code: str) -> bool:
        """Use up one use of an enrolment code; False when it is wrong, expired or used up.

        One statement: of two devices that come with the last use, one gets it.
        """
        used = (
            update(EnrollmentCode)
            .where(
                col(EnrollmentCode.org_id) == self._scope.org_id,
                col(EnrollmentCode.code_sha256) == sha256(code.encode()).hexdigest(),
                col(EnrollmentCode.uses_left) > 0,
                col(EnrollmentCode.expires_at) > func.now(),
            )
            .values(uses_left=col(EnrollmentCode.uses_left) - 1)
            .returning(col(EnrollmentCode.id))
        )
        return await self._db.scalar(used) is not None

    async def enroll(self, platform: Platform, model: str, app_version: str) -> Enrolment:
        """Insert the device, or note that it was seen; a revoked one is left alone."""
        said = {"platform": platform.value, "model": model, "app_version": app_version}
        added = (
            insert(Device)
            .values(id=self._scope.actor_id, org_id=self._scope.org_id, **said)
            .on_conflict_do_nothing()
            .returning(col(Device.id))
        )
        if await self._db.scalar(added) is not None:
            return Enrolment.NEW
        own = (
            col(Device.id) == self._scope.actor_id,
            col(Device.org_id) == self._scope.org_id,
        )
        seen = (
            update(Device)
            .where(*own, col(Device.revoked_at).is_(None))
            .values(last_seen_at=func.now(), **said)
            .returning(col(Device.id))
        )
        if await self._db.scalar(seen) is not None:
            return Enrolment.RENEWED
        known = await self._db.scalar(select(col(Device.id)).where(*own))
        return Enrolment.TAKEN if known is None else Enrolment.REVOKED
