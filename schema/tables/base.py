"""Columns that every table shares."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

# Named constraints: an error names the rule that it broke, and a migration can drop it.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def utcnow() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def key_field() -> Any:
    """A UUID primary key, made by whoever inserts or else by the database."""
    return Field(
        default_factory=uuid4,
        primary_key=True,
        sa_column_kwargs={"server_default": text("gen_random_uuid()")},
    )


def time_field(*, index: bool = False) -> Any:
    """A `timestamptz` that the database fills with the transaction's time."""
    return Field(
        default_factory=utcnow,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": text("now()")},
        index=index,
    )


def optional_time_field() -> Any:
    """A `timestamptz` that is unknown until something happens."""
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=True)


def due_time_field() -> Any:
    """A `timestamptz` at which something is due: at once at first, NULL when it is done."""
    return Field(
        default_factory=utcnow,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": text("now()")},
        nullable=True,
    )


def json_field(*, nullable: bool = False) -> Any:
    """A JSONB document; `{}` unless it may be NULL."""
    if nullable:
        return Field(default=None, sa_type=JSONB, nullable=True)
    return Field(
        default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": text("'{}'")}
    )


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """A check that `column` holds one of `words`."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def a_slot() -> CheckConstraint:
    """A check that an angle is a whole degree of the circle."""
    return CheckConstraint("angle_deg BETWEEN 0 AND 359", name="angle_deg")


class Row(SQLModel):
    """A row with its own identity and birth."""

    id: UUID = key_field()
    created_at: datetime = time_field()
