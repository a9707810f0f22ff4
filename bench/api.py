"""The API as a real process on real servers, against bare routes; see docs/benchmarks.md."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.request import Request, urlopen
from uuid import UUID

from adapters.postgres import Database
from adapters.signing_keys import KeyRing
from api.principal import Tokens
from bench import api_servers, api_world
from bench.api_load import DIGEST, Generator, Job
from bench.api_servers import Server, Servers
from bench.api_world import World
from bench.results import Figure
from devstack.stack import Stack
from schema.enums import Role

_CONNECTIONS = 16
_SECONDS = 1.0
# Longer than what Temporal said is kept.
_COLD_SECONDS = 1.1
_VISITS = 3


@dataclass(frozen=True)
class Case:
    """A request to a server, with what each round gave."""

    server: Server
    job: Job
    status: str = "200"
    per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    generator: list[float] = field(default_factory=list)

    def run(self, generator: Generator) -> None:
        """One round."""
        before = self.server.cpu_seconds()
        load = generator.run(self.job, self.status)
        spent = self.server.cpu_seconds() - before
        self.per_second.append(load.per_second)
        self.cpu_ms.append(spent * 1000 / len(load.latencies_ms))
        self.generator.append(load.cpu_seconds / load.seconds)

    def forget(self) -> None:
        """What was measured was the warm-up."""
        for figures in (self.per_second, self.cpu_ms, self.generator):
            figures.clear()


def run(rounds: int) -> list[Figure]:
    """Measure everything; takes two minutes."""
    with api_servers.started() as servers, Generator() as generator:
        database = Database(servers.stack.postgres.url("owner"), pool_size=1)
        world = World(database).found()
        asks = _Asks(_tokens(servers.stack), world)
        cases = _cases(servers, world, asks)
        for number in range(rounds + 1):
            for case in cases.values():
                case.run(generator)
                if number == 0:
                    case.forget()
        _print(cases)
        pending = _pending(servers, world, asks, generator, rounds)
        database.close()
    return [*_ratios(cases), *pending]


class _Asks:
    """Requests as bytes go over the wire, with the tokens of a phone and of a reviewer."""

    def __init__(self, tokens: Tokens, world: World) -> None:
        self._device = tokens.for_device(world.org, world.device).value
        reviewer = tokens.for_user(world.org, world.reviewer, Role.REVIEWER, [world.site])
        self._reviewer = reviewer.value

    def images(self, session: UUID, tag: str | None = None) -> str:
        """GET /images."""
        condition = f"If-None-Match: {tag}\r\n" if tag else ""
        return _request("GET", f"/images?session_id={session}", self._reviewer, condition)

    def presign(self, session: UUID) -> str:
        """POST /presign of a new file in each request."""
        body = {
            "session_id": str(session),
            "file_name": "IMG_0001.JPG",
            "content_type": "image/jpeg",
            "content_sha256": DIGEST,
            "size": 2_700_000,
            "angle_deg": 15,
        }
        text = json.dumps(body)
        length = len(text) - len(DIGEST) + 64
        about = f"Content-Type: application/json\r\nContent-Length: {length}\r\n"
        return _request("POST", "/presign", self._device, about) + text


def _request(method: str, path: str, token: str, headers: str) -> str:
    line = f"{method} {path} HTTP/1.1\r\nHost: api\r\nAccept: application/json\r\n"
    return f"{line}Authorization: Bearer {token}\r\n{headers}\r\n"


def _tokens(stack: Stack) -> Tokens:
    keys = stack.run.data.sub("jwt-keys")
    ring = KeyRing(keys, issuer="imaging360", audience="imaging360-api")
    return Tokens(ring, device_days=1, user_hours=1)


def _cases(servers: Servers, world: World, asks: _Asks) -> Mapping[str, Case]:
    session, finished = world.session().id, world.finished()
    api, bare = servers.api, servers.bare
    tag = _same_answer(api, bare, asks.images(finished))

    def job(server: Server, request: str) -> Job:
        return Job(server.port, request, _CONNECTIONS, _SECONDS)

    return {
        "presign": Case(api, job(api, asks.presign(session))),
        "presign, bare": Case(bare, job(bare, asks.presign(session))),
        "images": Case(api, job(api, asks.images(finished))),
        "images, bare": Case(bare, job(bare, asks.images(finished))),
        "images, 304": Case(api, job(api, asks.images(finished, tag)), "304"),
    }


def _same_answer(api: Server, bare: Server, request: str) -> str:
    """Checks that both say the same but for the signatures; gives the API's ETag."""
    path = request.split(" ")[1]
    token = request.partition("Authorization: ")[2].partition("\r\n")[0]
    bodies, tag = [], ""
    for server in (api, bare):
        url = f"http://127.0.0.1:{server.port}{path}"
        with urlopen(Request(url, headers={"Authorization": token})) as answer:
            text = answer.read()
            bodies.append(json.loads(text))
            tag = tag or answer.headers["ETag"]
    api_says, bare_says = map(_unsigned, bodies)
    if api_says != bare_says:
        raise AssertionError("the bare route does not say what the API says")
    return tag


def _unsigned(body: Any) -> Any:  # noqa: ANN401 - JSON
    for item in body["items"]:
        item["original_url"], item["thumb_urls"] = "", sorted(item["thumb_urls"])
    return {"items": body["items"]}


def _print(cases: Mapping[str, Case]) -> None:
    print(f"\n{_CONNECTIONS} connections; medians; generator: its share of one core")
    print(f"{'':16}{'requests/s':>12}{'CPU ms':>10}{'generator':>11}")
    for name, case in cases.items():
        share = f"{median(case.generator):.0%}"
        print(f"{name:16}{median(case.per_second):12.0f}{median(case.cpu_ms):10.2f}{share:>11}")


def _ratios(cases: Mapping[str, Case]) -> list[Figure]:
    rate = {name: median(case.per_second) for name, case in cases.items()}
    cpu = {name: median(case.cpu_ms) for name, case in cases.items()}

    def ratio(name: str, base: str) -> float:
        # Neighbours in a round: what else runs on the machine changes from round to round.
        pairs = zip(cases[name].per_second, cases[base].per_second, strict=True)
        return median(ours / theirs for ours, theirs in pairs)

    return [
        Figure("api.presign_vs_bare", ratio("presign", "presign, bare"), "x", ">= 0.5"),
        Figure("api.images_vs_bare", ratio("images", "images, bare"), "x", ">= 0.6"),
        Figure("api.images_304_vs_200", ratio("images, 304", "images"), "x", ">= 2"),
        *(Figure(f"api.{_slug(name)}_per_second", value, "1/s") for name, value in rate.items()),
        *(Figure(f"api.{_slug(name)}_cpu_ms", value, "CPU ms") for name, value in cpu.items()),
    ]


def _slug(name: str) -> str:
    return name.replace(", ", "_")


def _pending(
    servers: Servers, world: World, asks: _Asks, generator: Generator, rounds: int
) -> list[Figure]:
    """A client that comes after the cache is cold (each time Temporal is asked), and once more."""
    finished = [world.finished() for _ in range(_VISITS)]
    pending = [_put(servers.stack, world) for _ in range(_VISITS)]
    taken: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        time.sleep(_COLD_SECONDS)
        for visit in range(_VISITS):
            for name, sessions in (("finished", finished), ("pending", pending)):
                job = Job(servers.api.port, asks.images(sessions[visit]), count=2)
                latencies = generator.run(job, "200").latencies_ms
                for state, latency in zip(("cold", "warm"), latencies, strict=True):
                    if number:
                        taken.setdefault(f"{name}, {state}", []).append(latency)
    ms = {name: median(times) for name, times in taken.items()}
    print("\nGET /images, one client, median ms")
    for name, value in ms.items():
        print(f"{name:16}{value:12.2f}")
    extra = ms["pending, cold"] - ms["finished, cold"]
    from_warm = ms["pending, cold"] - ms["finished, warm"]
    return [
        Figure("api.pending_extra_ms", extra, "ms", "<= 12"),
        Figure("api.pending_extra_over_warm_ms", from_warm, "ms"),
        Figure("api.pending_extra_warm_ms", ms["pending, warm"] - ms["finished, warm"], "ms"),
        *(Figure(f"api.{_slug(name)}_ms", value, "ms") for name, value in ms.items()),
    ]


def _put(stack: Stack, world: World) -> UUID:
    session, images = world.pending()
    asyncio.run(api_world.start(stack, session, images))
    return session
