"""Which routes are counted, and by whom."""

from fastapi import Depends, Request

from api.deps import Caller, Parts
from api.rate_limits import Limited

_FORWARDED = "x-forwarded-for"


async def _count_enrolment(request: Request, parts: Parts) -> None:
    peer = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist(_FORWARDED))
    await parts.limits.count(Limited.ENROLMENT, parts.limits.address_of(peer, forwarded))


async def _count_presign(parts: Parts, caller: Caller) -> None:
    await parts.limits.count(Limited.PRESIGN, str(caller.scope.actor_id))


async def _count_events(parts: Parts, caller: Caller) -> None:
    await parts.limits.count(Limited.EVENTS, str(caller.scope.actor_id))


ENROLMENTS = Depends(_count_enrolment)
PRESIGNS = Depends(_count_presign)
EVENTS = Depends(_count_events)
