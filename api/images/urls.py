"""Presigned GET URLs, signed once for many readers."""

import time
from collections import OrderedDict
from collections.abc import Callable

from adapters.ports import ObjectStore


class SignedUrls:
    """URLs that show objects for at least half of `seconds`.

    Signing costs about as much as the rest of a list, and a URL that stays the same lets a
    browser keep its picture: so a URL serves until half of its life is over.
    """

    def __init__(
        self,
        store: ObjectStore,
        *,
        seconds: int,
        capacity: int = 20_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._capacity = capacity
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def window(self) -> int:
        """Which quarter of a URL's life it is: the same in every process.

        URLs that were handed out in this window are good beyond its end: they had at least half of
        their life left, so whoever keeps them has at least a quarter.
        """
        return int(self._clock() / (self._seconds / 4))

    def of(self, key: str) -> str:
        """A URL for a GET of the object under `key`."""
        now = time.monotonic()
        known = self._known.get(key)
        if known is not None and now - known[0] < self._seconds / 2:
            return known[1]
        url = self._store.presign_get(key, self._seconds)
        self._known[key] = (now, url)
        self._known.move_to_end(key)
        if len(self._known) > self._capacity:
            self._known.popitem(last=False)
        return url
