"""What all the streams of one session share: one reader, one look into the pipeline."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextvars import Context
from uuid import UUID

import structlog

from adapters.errors import TransientError
from adapters.repositories.scope import Scope
from adapters.temporal import PendingImage, PendingImages
from api.live import frames
from api.live.frames import Frame, Kind
from api.live.reader import Reader, Reading
from api.live.subscriber import Subscriber
from api.sessions.schemas import Session
from schema.enums import Role

# So long notifications gather before the session is read again: a burst costs one reading.
_GATHER_SECONDS = 0.05
_RETRY_SECONDS = 1.0
_NOBODY = UUID(int=0)
# No moment at all: whoever comes back with it gets everything.
_BEGINNING = "0"
_log = structlog.get_logger("live")


class Channel:
    """Follows a session while somebody watches it.

    Every reading is made under one lock, and so is every joining: what a subscriber is offered
    later was read later.
    """

    def __init__(
        self,
        org_id: UUID,
        session_id: UUID,
        reader: Reader,
        pending: PendingImages,
        pause: Callable[[], float],
    ) -> None:
        self.reader = reader
        self.users = 0
        self.subscribers: set[Subscriber] = set()
        self._session_id = session_id
        # Who may watch was decided when they joined.
        self._scope = Scope(org_id, Role.ADMIN, _NOBODY)
        self._pipeline = pending
        self._pause = pause
        self._lock = asyncio.Lock()
        self._poked = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._moment = ""
        self._session: Session | None = None
        self._finished: frozenset[UUID] | None = None
        self._pending: dict[UUID, PendingImage] = {}
        self._unknown = False

    def poke(self) -> None:
        """Something changed, or may have."""
        self._poked.set()

    async def join(self, subscriber: Subscriber, scope: Scope, since: str | None) -> None:
        """Offer what changed since, or all that there is; from then on, every change.

        Raises ApiError (404) and TransientError.
        """
        async with self._lock:
            waiting = [] if self._unknown else [*self._pending.values()]
            reading = await self.reader.read(scope, since, waiting, self._finished)
            if self._finished is None:
                self._take_over(reading)
            subscriber.offer(_all_of(reading, since or _BEGINNING))
            if self._unknown:
                subscriber.offer([frames.pending_unknown(reading.moment)])
            self.subscribers.add(subscriber)
        if all(task.done() for task in self._tasks):
            self._start()

    def _start(self) -> None:
        # In a context of their own: what they log is about no request.
        self._tasks = [
            asyncio.create_task(work, context=Context()) for work in (self._follow(), self._look())
        ]
        for task in self._tasks:
            task.add_done_callback(self._report)

    async def close(self) -> None:
        """Follow no longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _report(self, task: asyncio.Task[None]) -> None:
        """A bug ends the streams: their clients come back and are served anew."""
        if task.cancelled() or task.exception() is None:
            return
        _log.error("live.crashed", session_id=str(self._session_id), exc_info=task.exception())
        for other in self._tasks:
            other.cancel()
        for subscriber in self.subscribers:
            subscriber.stop()

    async def _follow(self) -> None:
        while True:
            await self._poked.wait()
            self._poked.clear()
            try:
                async with self._lock:
                    await self._refresh()
                await asyncio.sleep(_GATHER_SECONDS)
            except TransientError as error:
                _log.warning("live.behind", session_id=str(self._session_id), error=str(error))
                self._poked.set()
                await asyncio.sleep(_RETRY_SECONDS)

    async def _refresh(self, waiting: Sequence[PendingImage] = ()) -> None:
        before, since = self._session, self._moment
        reading = await self.reader.read(self._scope, since, waiting, self._finished)
        self._take_over(reading)
        if before is not None and reading.session.status is not before.status:
            for subscriber in self.subscribers:
                subscriber.must_prove_access = True
        self._tell(
            _all_of(reading, since) if reading.session != before else _images(reading, since)
        )

    def _take_over(self, reading: Reading) -> None:
        self._moment = reading.moment
        self._session = reading.session
        self._finished = reading.finished

    async def _look(self) -> None:
        while True:
            try:
                listed = await self._pipeline.of_session(self._session_id)
            except TransientError as error:
                self._lose_sight(error)
            else:
                await self._note(listed)
            await asyncio.sleep(self._pause())

    def _lose_sight(self, error: TransientError) -> None:
        if not self._unknown:
            _log.warning("live.pending_unknown", error=str(error))
            self._unknown = True
            self._tell([frames.pending_unknown(self._moment)])

    async def _note(self, listed: Iterable[PendingImage]) -> None:
        try:
            async with self._lock:
                await self._compare(listed)
        except TransientError as error:
            # The next look finds the same difference.
            _log.warning("live.behind", session_id=str(self._session_id), error=str(error))

    async def _compare(self, listed: Iterable[PendingImage]) -> None:
        if self._unknown:
            # All of it is news again, the session as well: it says that the silence is over.
            self._session = None
        before = {} if self._unknown else self._pending
        now = {one.upload_id: one for one in listed if one.upload_id not in self._done}
        changed = [one for key, one in now.items() if before.get(key) != one]
        gone = self._pending.keys() - now.keys() - self._done
        if changed or gone or self._unknown:
            await self._refresh(changed)
        # Most of those that are gone had their verdict written in the meantime.
        self._tell(frames.removed(image_id, self._moment) for image_id in gone - self._done)
        self._pending, self._unknown = now, False

    @property
    def _done(self) -> frozenset[UUID]:
        return self._finished or frozenset()

    def _tell(self, news: Iterable[Frame]) -> None:
        told = list(news)
        for subscriber in self.subscribers if told else ():
            subscriber.offer(told)


def _all_of(reading: Reading, since: str) -> list[Frame]:
    session = frames.about_session(reading.session, since if reading.images else reading.moment)
    return [session, *_images(reading, since)]


def _images(reading: Reading, since: str) -> list[Frame]:
    """All but the last event keep the moment before: a client that got only some asks again."""
    last = len(reading.images) - 1
    return [
        frames.about_image(image.id, Kind.IMAGE, image, reading.moment if number == last else since)
        for number, image in enumerate(reading.images)
    ]
