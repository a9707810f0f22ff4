"""Many clients at once against a running API, and what they met."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import mean, quantiles
from typing import Any

import httpx


@dataclass(frozen=True)
class Call:
    """A request."""

    method: str
    url: str
    headers: dict[str, str]
    json: dict[str, Any] | None = None
    params: dict[str, str] | None = None

    async def send(self, http: httpx.AsyncClient) -> httpx.Response:
        """The answer."""
        return await http.request(
            self.method, self.url, headers=self.headers, json=self.json, params=self.params
        )


@dataclass
class Load:
    """Clients that ask without a pause, each on a connection of its own."""

    base_url: str
    clients: Sequence[Callable[[], Call]]
    """Each gives its client's next request."""
    answers: list[httpx.Response] = field(default_factory=list, init=False)
    seconds: list[float] = field(default_factory=list, init=False)
    _over: bool = field(default=False, init=False)

    @property
    def statuses(self) -> Counter[int]:
        """How many answers of each status."""
        return Counter(answer.status_code for answer in self.answers)

    def figures(self) -> str:
        """For people: how many a second, and how long they took."""
        p50, p99 = (quantiles(self.seconds, n=100)[place] for place in (49, 98))
        rate = len(self.clients) / mean(self.seconds)
        return f"{dict(self.statuses)}, {rate:.0f}/s, p50 {p50:.2f} s, p99 {p99:.2f} s"

    async def run(self, times: int = 10**9) -> None:
        """Every client asks so many times, unless `end` is called before."""
        await asyncio.gather(*(self._ask(one, times) for one in self.clients))

    def end(self) -> None:
        """Let every client finish the request that it is at."""
        self._over = True

    async def _ask(self, client: Callable[[], Call], times: int) -> None:
        async with httpx.AsyncClient(base_url=self.base_url, timeout=60, verify=False) as http:
            for _ in range(times):
                if self._over:
                    return
                began = time.perf_counter()
                answer = await client().send(http)
                self.seconds.append(time.perf_counter() - began)
                self.answers.append(answer)
