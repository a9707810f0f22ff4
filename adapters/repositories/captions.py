"""What a list says about a session besides its own rows: where, by whom, and one picture."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, and_, func, select, true
from sqlmodel import col

from schema.enums import ImageStatus
from schema.tables.capture import Session
from schema.tables.media import Image
from schema.tables.tenancy import Device, Site, User

_THREE_QUARTER_DEG = 45


@dataclass(frozen=True)
class Caption:
    """Names for people to read, and the poster's storage keys by size in pixels."""

    site: str
    operator: str | None
    device: str | None
    poster_keys: dict[str, str]


def caption() -> FromClause:
    """One row a session, to be joined laterally to `sessions`."""
    its_site = and_(col(Site.id) == col(Session.site_id), col(Site.org_id) == col(Session.org_id))
    operator = func.coalesce(func.nullif(col(User.name), ""), col(User.email))
    poster = _poster()
    return (
        select(
            col(Site.name).label("site"),
            select(operator)
            .where(
                col(User.id) == col(Session.operator_id), col(User.org_id) == col(Session.org_id)
            )
            .correlate(Session)
            .scalar_subquery()
            .label("operator"),
            select(col(Device.model))
            .where(
                col(Device.id) == col(Session.device_id), col(Device.org_id) == col(Session.org_id)
            )
            .correlate(Session)
            .scalar_subquery()
            .label("device"),
            poster.c.poster_keys,
        )
        .select_from(Site)
        .outerjoin(poster, true())
        .where(its_site)
        .correlate(Session)
        .lateral("caption")
    )


def read(row: Any) -> Caption:  # noqa: ANN401 - a row of SQLAlchemy's own typing
    """A caption from the columns of `caption()`."""
    return Caption(row.site, row.operator, row.device, row.poster_keys or {})


def _poster() -> FromClause:
    """Good pictures first; of those the one nearest to the three-quarter view, as in a listing.

    Without angles it is the first one taken.
    """
    done = [ImageStatus.PROCESSED.value, ImageStatus.PUBLISHED.value]
    is_bad = col(Image.qc)["overall"].astext == "fail"
    turned = func.abs(func.coalesce(col(Image.angle_deg), 0) - _THREE_QUARTER_DEG)
    return (
        select(col(Image.thumb_keys).label("poster_keys"))
        .where(col(Image.session_id) == col(Session.id), col(Image.org_id) == col(Session.org_id))
        .where(col(Image.status).in_(done))
        .order_by(is_bad, turned, col(Image.created_at))
        .limit(1)
        .correlate(Session)
        .lateral("poster")
    )
