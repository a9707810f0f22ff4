"""What changed in a session since a moment, told exactly.

A moment is a PostgreSQL snapshot in its text form, `xmin:xmax:xip,...`: which transactions could
be seen. A row is new when the transaction that wrote it last could not. A number drawn from a
sequence would not do: of two transactions the later number may commit first.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

from sqlalchemy import Text, cast, func, select, text
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.tables.media import Image

LONGEST = 4000
_MOMENT = re.compile(r"([0-9]{1,18}):([0-9]{1,18}):((?:[0-9]{1,18}(?:,[0-9]{1,18})*)?)")


# A moment that lies ahead is another database's, or this one was restored: nothing is known then.
_NEW = text(
    "(NOT pg_visible_in_snapshot(CAST(CAST(images.changed_in AS text) AS xid8),"
    " CAST(:moment AS pg_snapshot))"
    " OR pg_snapshot_xmax(CAST(:moment AS pg_snapshot)) > pg_snapshot_xmax(pg_current_snapshot()))"
)


def is_moment(given: str) -> bool:
    """Whether PostgreSQL would read the text as a snapshot."""
    found = _MOMENT.fullmatch(given) if len(given) <= LONGEST else None
    if found is None:
        return False
    first, end, running = int(found[1]), int(found[2]), [int(x) for x in found[3].split(",") if x]
    ascending = all(before < after for before, after in pairwise(running))
    inside = all(first <= number < end for number in running)
    return 0 < first <= end and ascending and inside


class ChangeRepository(Repository):
    """`images` of the scope's sites, by what changed."""

    async def now(self) -> str:
        """This moment: what is read after it in the same transaction holds at least as much."""
        return str(await self._db.scalar(select(cast(func.pg_current_snapshot(), Text))))

    async def images_since(self, session_id: UUID, moment: str | None) -> Sequence[Image]:
        """The session's images that were written or changed since; all of them for None.

        By angle, those without one last, then by time.
        """
        wanted = select(Image).where(
            col(Image.org_id) == self._scope.org_id,
            self._scope.of_site(col(Image.site_id)),
            col(Image.session_id) == session_id,
        )
        if moment is not None:
            wanted = wanted.where(_NEW.bindparams(moment=moment))
        ordered = wanted.order_by(
            col(Image.angle_deg).asc().nulls_last(), col(Image.created_at), col(Image.id)
        )
        return (await self._db.scalars(ordered)).all()

    async def finished(self, session_id: UUID) -> set[UUID]:
        """The ids of the session's images."""
        ids = select(col(Image.id)).where(
            col(Image.org_id) == self._scope.org_id, col(Image.session_id) == session_id
        )
        return set(await self._db.scalars(ids))
