"""When to try again, and how long to wait before."""

import random
from dataclasses import dataclass

import httpx

# The request was surely not carried out: nobody took it, or the server says so.
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NOT_DONE = frozenset({429, 503})


@dataclass(frozen=True)
class Backoff:
    """At most `attempts` tries; waits double from `first` up to `longest` seconds, with jitter."""

    attempts: int = 6
    first: float = 0.25
    longest: float = 20.0

    def seconds(self, failures: int, answer: httpx.Response | None = None) -> float:
        """How long to wait after so many failures (from 1); `Retry-After` is obeyed.

        The jitter is the whole wait: many clients that failed together do not come back together.
        """
        if (asked := retry_after(answer)) is not None:
            return asked + random.uniform(0, self.first)
        return random.uniform(0, min(self.longest, self.first * 2.0**failures))


def retry_after(answer: httpx.Response | None) -> float | None:
    """The seconds of a `Retry-After` header; None without one (or with a date)."""
    value = answer.headers.get("retry-after", "") if answer is not None else ""
    return float(value) if value.isdigit() else None


def passes(failure: httpx.Response | httpx.TransportError, *, idempotent: bool) -> bool:
    """True when another try may succeed and does no harm.

    What is not idempotent is tried again only when the first try surely did nothing.
    """
    if isinstance(failure, httpx.TransportError):
        return idempotent or isinstance(failure, _NEVER_SENT)
    status = failure.status_code
    return status in _NOT_DONE or (idempotent and status >= 500)
