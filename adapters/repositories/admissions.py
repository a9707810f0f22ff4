"""Which devices are in, what lets others in, and who was shut out."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.tables.tenancy import Device, EnrollmentCode, User


async def find_shut_out(db: AsyncSession, org_id: UUID) -> frozenset[UUID]:
    """The ids of an organization's revoked devices and disabled people."""
    devices = select(col(Device.id)).where(
        col(Device.org_id) == org_id, col(Device.revoked_at).is_not(None)
    )
    people = select(col(User.id)).where(
        col(User.org_id) == org_id, col(User.disabled_at).is_not(None)
    )
    return frozenset(await db.scalars(union_all(devices, people)))


class AdmissionRepository(Repository):
    """`devices` and `enrollment_codes`, as administrators see them."""

    async def devices(self, limit: int, offset: int) -> tuple[Sequence[Device], int]:
        """A page of the devices, the last seen first, and how many there are."""
        own = select(Device).where(col(Device.org_id) == self._scope.org_id)
        total = await self._db.scalar(select(func.count()).select_from(own.subquery()))
        order = (col(Device.last_seen_at).desc(), col(Device.id))
        page = own.order_by(*order).limit(limit).offset(offset)
        return (await self._db.scalars(page)).all(), total or 0

    async def revoke(self, device_id: UUID) -> tuple[Device | None, bool]:
        """Shut a device out for good; the device, and whether that was done now."""
        own = (col(Device.org_id) == self._scope.org_id, col(Device.id) == device_id)
        done = await self._db.scalar(
            update(Device)
            .where(*own, col(Device.revoked_at).is_(None))
            .values(revoked_at=func.now())
            .returning(col(Device.id))
        )
        wanted = select(Device).where(*own).execution_options(populate_existing=True)
        return await self._db.scalar(wanted), done is not None

    async def codes(self, limit: int, offset: int) -> tuple[Sequence[EnrollmentCode], int]:
        """A page of the codes, the newest first, and how many there are."""
        own = select(EnrollmentCode).where(col(EnrollmentCode.org_id) == self._scope.org_id)
        total = await self._db.scalar(select(func.count()).select_from(own.subquery()))
        order = (col(EnrollmentCode.created_at).desc(), col(EnrollmentCode.id))
        page = own.order_by(*order).limit(limit).offset(offset)
        return (await self._db.scalars(page)).all(), total or 0

    async def add_code(
        self, code: str, label: str, uses: int, expires_at: datetime
    ) -> EnrollmentCode:
        """Keep the hash of a code."""
        row = EnrollmentCode(
            org_id=self._scope.org_id,
            code_sha256=sha256(code.encode()).hexdigest(),
            label=label,
            uses_left=uses,
            expires_at=expires_at,
        )
        self._db.add(row)
        await self._db.flush()
        return row

    async def expire(self, code_id: UUID) -> tuple[EnrollmentCode | None, bool]:
        """End a code's life now; the code, and whether it was alive."""
        own = (
            col(EnrollmentCode.org_id) == self._scope.org_id,
            col(EnrollmentCode.id) == code_id,
        )
        done = await self._db.scalar(
            update(EnrollmentCode)
            .where(*own, col(EnrollmentCode.expires_at) > func.now())
            .values(expires_at=func.now())
            .returning(col(EnrollmentCode.id))
        )
        wanted = select(EnrollmentCode).where(*own).execution_options(populate_existing=True)
        return await self._db.scalar(wanted), done is not None
