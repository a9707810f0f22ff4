"""How often a device, a person or an address may ask."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import structlog
from limits import RateLimitItemPerMinute, WindowStats
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from api.errors import ApiError, Code

Network = IPv4Network | IPv6Network
_log = structlog.get_logger("api")
# A photo must not wait for a counter: one attempt, and not a long one.
_REDIS: dict[str, Any] = {
    "implementation": "redispy",
    "socket_connect_timeout": 1.0,
    "socket_timeout": 1.0,
    "max_connections": 1000,
    "retry": Retry(NoBackoff(), 0),
}


class Limited(StrEnum):
    """What is counted."""

    ENROLMENT = "enrolment"
    PRESIGN = "presign"
    EVENTS = "events"


@dataclass(frozen=True)
class Rates:
    """Requests a minute: enrolments by address, the others by device or person."""

    enrolment: int = 100
    presign: int = 500
    events: int = 1000


def storage_of(uri: str) -> Storage:
    """Where to count: `memory://` for one process, `redis://` for all that share it."""
    options = _REDIS if uri.startswith("redis") else {}
    storage = storage_from_string(f"async+{uri}", wrap_exceptions=True, **options)
    if not isinstance(storage, Storage):
        raise TypeError(f"{uri.partition('://')[0]} cannot be asked asynchronously")
    return storage


class RateLimits:
    """Counts requests; refuses what is too many.

    While the storage does not answer, every process counts for itself: nobody is refused for the
    counter's failure, and guessing enrolment codes stays bounded. It is asked again after
    `away_seconds`.
    """

    def __init__(
        self,
        storage: Storage,
        rates: Rates,
        trusted: Sequence[Network] = (),
        *,
        away_seconds: float = 5.0,
    ) -> None:
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._away_seconds = away_seconds
        self._away_until = 0.0
        self._trusted = tuple(trusted)
        self._items = {
            kind: RateLimitItemPerMinute(getattr(rates, kind), namespace=kind) for kind in Limited
        }

    async def count(self, kind: Limited, who: str) -> None:
        """Raises ApiError (429) when `who` had its share of this minute."""
        item = self._items[kind]
        stats = await self._used_up(item, who)
        if stats is None:
            return
        seconds = str(max(1, math.ceil(stats.reset_time - time.time())))
        raise ApiError(
            Code.RATE_LIMITED,
            f"{item.amount} a minute are taken; try again in {seconds} s.",
            headers={
                "Retry-After": seconds,
                "RateLimit-Limit": str(item.amount),
                "RateLimit-Remaining": "0",
                "RateLimit-Reset": seconds,
            },
        )

    async def _used_up(self, item: RateLimitItemPerMinute, who: str) -> WindowStats | None:
        """Count one more; the window when it was one too many."""
        if time.monotonic() >= self._away_until:
            try:
                return await _used_up(self._shared, item, who)
            except StorageError as error:
                self._away_until = time.monotonic() + self._away_seconds
                _log.warning("rate_limits.storage_away", error=str(error.storage_error))
        return await _used_up(self._own, item, who)

    def address_of(self, peer: str, forwarded: str) -> str:
        """The client's address: the nearest one that is not a proxy of ours.

        Everybody can write X-Forwarded-For, so an entry is believed only if a trusted proxy added
        it. Of IPv6 the network counts: a household has 2^64 addresses.
        """
        current = _address(peer)
        for entry in reversed(forwarded.split(",")):
            given = _address(entry.strip())
            if given is None or current is None or not self._is_trusted(current):
                break
            current = given
        if isinstance(current, IPv6Address):
            return str(ip_network((current, 64), strict=False))
        return str(current or peer)

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


async def _used_up(
    limiter: FixedWindowRateLimiter, item: RateLimitItemPerMinute, who: str
) -> WindowStats | None:
    return None if await limiter.hit(item, who) else await limiter.get_window_stats(item, who)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
