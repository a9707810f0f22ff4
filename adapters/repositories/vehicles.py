"""Vehicles, found or created while a session is opened."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.tables.capture import Vehicle

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('vehicle' || :org_id, 0))")
_STOCK_INDEX = ["org_id", "site_id", "stock_number"]


@dataclass(frozen=True)
class VehicleClaim:
    """What is said about a car: a VIN or a stock number at least."""

    site_id: UUID
    vin: str | None
    stock_number: str | None
    make: str | None
    model: str | None
    year: int | None


class VehicleRepository(Repository):
    """`vehicles` of the scope's organization."""

    async def find_or_create(self, claim: VehicleClaim) -> Vehicle:
        """The claim's vehicle, completed by what the claim says; by VIN, else by stock number.

        A car that was known by stock number only gets its VIN when both are said together.
        """
        # Two phones at one new car: the second waits, then finds what the first created.
        await self._db.execute(_ONE_AT_A_TIME, {"org_id": str(self._scope.org_id)})
        if claim.vin is None:
            return await self._by_stock_number(claim)
        if claim.stock_number is not None:
            await self._adopt(claim)
        return await self._upsert(claim, ["org_id", "vin"])

    async def _by_stock_number(self, claim: VehicleClaim) -> Vehicle:
        with_vin = (
            select(Vehicle)
            .where(
                col(Vehicle.org_id) == self._scope.org_id,
                col(Vehicle.site_id) == claim.site_id,
                col(Vehicle.stock_number) == claim.stock_number,
                col(Vehicle.vin).is_not(None),
            )
            .order_by(col(Vehicle.created_at).desc())
            .limit(1)
        )
        known = await self._db.scalar(with_vin)
        return known or await self._upsert(claim, _STOCK_INDEX)

    async def _adopt(self, claim: VehicleClaim) -> None:
        other = aliased(Vehicle)
        vin_is_known = exists().where(
            col(other.org_id) == self._scope.org_id, col(other.vin) == claim.vin
        )
        await self._db.execute(
            update(Vehicle)
            .where(
                col(Vehicle.org_id) == self._scope.org_id,
                col(Vehicle.site_id) == claim.site_id,
                col(Vehicle.stock_number) == claim.stock_number,
                col(Vehicle.vin).is_(None),
                ~vin_is_known,
            )
            .values(vin=claim.vin)
            .execution_options(synchronize_session=False)
        )

    async def _upsert(self, claim: VehicleClaim, unique: list[str]) -> Vehicle:
        said = {
            "stock_number": claim.stock_number,
            "make": claim.make,
            "model": claim.model,
            "model_year": claim.year,
        }
        added = insert(Vehicle).values(
            org_id=self._scope.org_id, site_id=claim.site_id, vin=claim.vin, **said
        )
        completed = {
            name: func.coalesce(added.excluded[name], Vehicle.__table__.c[name])  # type: ignore[attr-defined]
            for name in said
        }
        statement = added.on_conflict_do_update(
            index_elements=unique,
            index_where=text("vin IS NULL") if unique is _STOCK_INDEX else None,
            # The car is where it was last photographed.
            set_={**completed, "site_id": added.excluded.site_id},
        ).returning(Vehicle)
        vehicle: Vehicle = (await self._db.scalars(statement)).one()
        return vehicle
