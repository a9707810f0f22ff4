"""How often a device, a person or an address may ask."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string

from api.errors import ApiError, Code

Network = IPv4Network | IPv6Network
_log = structlog.get_logger("api")


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
    storage = storage_from_string(f"async+{uri}", wrap_exceptions=True)
    if not isinstance(storage, Storage):
        raise TypeError(f"{uri.partition('://')[0]} cannot be asked asynchronously")
    return storage


class RateLimits:
    """Counts requests; refuses what is too many.

    While the storage does not answer, everything passes: photos must not wait for a counter.
    """

    def __init__(self, storage: Storage, rates: Rates, trusted: Sequence[Network] = ()) -> None:
        self._limiter = FixedWindowRateLimiter(storage)
        self._trusted = tuple(trusted)
        self._items = {
            kind: RateLimitItemPerMinute(getattr(rates, kind), namespace=kind) for kind in Limited
        }

    async def count(self, kind: Limited, who: str) -> None:
        """Raises ApiError (429) when `who` had its share of this minute."""
        item = self._items[kind]
        try:
            if await self._limiter.hit(item, who):
                return
            stats = await self._limiter.get_window_stats(item, who)
        except StorageError as error:
            _log.warning("rate_limits.unknown", error=str(error))
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


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
