"""Limits that several processes of the API share through Redis, and what happens without it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from api.application import contract_app
from api.backends import Backends
from api.errors import ApiError
from api.rate_limits import Limited, RateLimits, Rates, storage_of
from schema.enums import Role
from tests.api.client import good, problem, serve
from tests.api.redis_server import RedisServer, redis_on_a_port
from tests.api.world import Org

FEW = Rates(enrolment=2, presign=2, events=2)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real server."""
    with redis_on_a_port(tmp_path_factory.mktemp("redis")) as server:
        yield server


def _limits(redis: RedisServer, *, away_seconds: float = 5.0) -> RateLimits:
    return RateLimits(storage_of(redis.url), FEW, away_seconds=away_seconds)


async def _allowed(limits: RateLimits, who: str, times: int) -> list[bool]:
    """Which of so many requests pass."""
    passed: list[bool] = []
    for _ in range(times):
        try:
            await limits.count(Limited.PRESIGN, who)
            passed.append(True)
        except ApiError:
            passed.append(False)
    return passed


async def test_two_instances_share_a_limit(
    application: FastAPI, backends: Backends, org: Org, redis: RedisServer
) -> None:
    event = {"entity_type": "session", "event_type": "session.paused"}
    json = {**event, "entity_id": str(org.session())}
    here, there = (replace(backends, limits=_limits(redis)) for _ in range(2))
    async with serve(application, here) as one, serve(contract_app(), there) as two:
        for api in (one, two):
            good(await api.call("POST", "/events", of=org, role=Role.DEVICE, json=json), 201)
        for api in (one, two):
            refused = await api.call("POST", "/events", of=org, role=Role.DEVICE, json=json)
            problem(refused, 429, "rate_limited")
            assert 1 <= int(refused.headers["retry-after"]) <= 60
            good(await api.call("POST", "/events", of=org, role=Role.OPERATOR, json=json), 201)


async def test_many_at_once_get_exactly_their_share(redis: RedisServer) -> None:
    who = uuid4().hex
    instances = [_limits(redis) for _ in range(4)]
    passed = await asyncio.gather(*(_allowed(one, who, 1) for one in instances * 5))
    assert sum(sum(one) for one in passed) == FEW.presign


async def test_while_redis_is_down_each_instance_counts_for_itself(redis: RedisServer) -> None:
    who = uuid4().hex
    one, two = _limits(redis), _limits(redis, away_seconds=0)
    assert await _allowed(one, who, 1) == [True]
    redis.stop()
    with capture_logs() as logs:
        assert await _allowed(one, who, 3) == [True, True, False]
    assert [line["event"] for line in logs] == ["rate_limits.storage_away"]
    assert await _allowed(two, who, 3) == [True, True, False]
    redis.start()
    assert await _allowed(two, who, 3) == [True, True, False]
    assert await _allowed(_limits(redis), who, 1) == [False]


async def test_a_redis_that_says_nothing_holds_nobody_up(redis: RedisServer) -> None:
    limits = _limits(redis)
    who = uuid4().hex
    assert await _allowed(limits, who, 1) == [True]
    with redis.silent():
        async with asyncio.timeout(20):
            assert await _allowed(limits, who, 100) == [True, True] + [False] * 98
