"""Reads a session for those who watch it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from adapters.postgres import AsyncDatabase
from adapters.repositories.changes import ChangeRepository
from adapters.repositories.scope import Scope
from adapters.repositories.sessions import SessionRepository
from adapters.repositories.uploads import UploadRepository
from adapters.temporal import PendingImage
from api.images import views
from api.images.schemas import Image
from api.images.urls import SignedUrls
from api.sessions import service as sessions
from api.sessions.schemas import Session


@dataclass(frozen=True)
class Reading:
    """What was found at a moment. `finished` are the ids of all pictures that have a verdict."""

    moment: str
    session: Session
    images: list[Image]
    finished: frozenset[UUID]


class Reader:
    """One session, read in one transaction each time."""

    def __init__(self, database: AsyncDatabase, urls: SignedUrls, session_id: UUID) -> None:
        self._database = database
        self._urls = urls
        self._session_id = session_id

    async def read(
        self,
        scope: Scope,
        since: str | None,
        waiting: Iterable[PendingImage],
        finished: frozenset[UUID] | None,
    ) -> Reading:
        """What changed `since`, then those of the waiting pictures that have no verdict.

        `finished` is what an earlier reading said, if there was one.

        Raises:
            ApiError: 404, the scope does not see the session.
            TransientError: PostgreSQL is away.
        """
        async with self._database.transaction(scope.org_id) as db:
            changes = ChangeRepository(db, scope)
            moment = await changes.now()
            session = await sessions.get_session(
                self._session_id, SessionRepository(db, scope), self._urls
            )
            rows = await changes.images_since(self._session_id, since)
            if finished is None:
                finished = frozenset(await changes.finished(self._session_id))
            finished |= {row.id for row in rows}
            open_ones = [one for one in waiting if one.upload_id not in finished]
            ids = [one.upload_id for one in open_ones]
            promises = await UploadRepository(db, scope).of_ids(ids) if ids else {}
        images = [views.finished(row, self._urls) for row in rows]
        images += [
            views.pending(promises[one.upload_id], one)
            for one in open_ones
            if one.upload_id in promises
        ]
        return Reading(moment, session, images, finished)

    async def sees(self, scope: Scope) -> bool:
        """Whether the scope still sees the session. Raises TransientError."""
        async with self._database.transaction(scope.org_id) as db:
            return await SessionRepository(db, scope).exists(self._session_id)
