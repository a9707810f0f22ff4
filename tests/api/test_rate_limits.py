"""So many requests a minute, counted by address or by actor."""

from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from limits.aio.storage import MemoryStorage
from limits.errors import StorageError

from api.backends import Backends
from api.rate_limits import RateLimits, Rates, storage_of
from schema.enums import Role
from settings import ApiSettings
from tests.api.client import Api, good, problem, serve
from tests.api.world import Org

PROXIES = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")]
FEW = Rates(enrolment=2, presign=2, events=2)


@pytest.fixture
async def strict(application: FastAPI, backends: Backends) -> AsyncIterator[Api]:
    """The application with small limits, behind a proxy at 127.0.0.1."""
    limits = RateLimits(storage_of("memory://"), FEW, PROXIES)
    async with serve(application, replace(backends, limits=limits)) as running:
        yield running


def _refused(answer: httpx.Response) -> None:
    problem(answer, 429, "rate_limited")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-limit"] == "2"
    assert answer.headers["ratelimit-remaining"] == "0"


async def _enrol(api: Api, org: Org, forwarded: str) -> httpx.Response:
    said = {"platform": "ios", "model": "phone", "app_version": "1"}
    body = {"org_id": str(org.id), "enrollment_code": org.code(), **said}
    headers = {"X-Forwarded-For": forwarded}
    return await api.call("POST", "/auth/device", json=body, headers=headers)


async def test_enrolments_are_counted_by_address(strict: Api, org: Org) -> None:
    for _ in range(2):
        good(await _enrol(strict, org, "203.0.113.7"))
    _refused(await _enrol(strict, org, "203.0.113.7"))
    _refused(await _enrol(strict, org, "198.51.100.1, 203.0.113.7, 10.1.2.3"))
    good(await _enrol(strict, org, "203.0.113.8"))


async def test_wrong_codes_count_too(strict: Api, org: Org) -> None:
    body = {"org_id": str(org.id), "platform": "ios", "model": "phone", "app_version": "1"}
    for _ in range(2):
        answer = await strict.call("POST", "/auth/device", json={**body, "enrollment_code": "x"})
        problem(answer, 400, "enrollment_code_invalid")
    _refused(await strict.call("POST", "/auth/device", json={**body, "enrollment_code": "x"}))


def _presign(session: UUID) -> dict[str, Any]:
    return {
        "session_id": str(session),
        "file_name": "a.jpg",
        "content_type": "image/jpeg",
        "content_sha256": "ab" * 32,
        "angle_deg": 0,
    }


def _event(session: UUID) -> dict[str, Any]:
    return {"entity_type": "session", "entity_id": str(session), "event_type": "session.paused"}


@pytest.mark.parametrize(("path", "body"), [("/presign", _presign), ("/events", _event)])
async def test_actors_are_counted_one_by_one(
    strict: Api,
    org: Org,
    path: str,
    body: Any,  # noqa: ANN401 - a function
) -> None:
    json = body(org.session())
    for _ in range(2):
        assert (await strict.call("POST", path, of=org, role=Role.DEVICE, json=json)).is_success
    _refused(await strict.call("POST", path, of=org, role=Role.DEVICE, json=json))
    assert (await strict.call("POST", path, of=org, role=Role.OPERATOR, json=json)).is_success
    good(await strict.call("GET", "/sessions", of=org, role=Role.DEVICE))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "198.51.100.1", ""),
    ],
)
async def test_whose_address_counts(peer: str, forwarded: str, client: str) -> None:
    limits = RateLimits(storage_of("memory://"), FEW, PROXIES)
    assert limits.address_of(peer, forwarded) == client


class _Away(MemoryStorage):
    async def incr(self, *arguments: object, **named: object) -> int:
        raise StorageError(ConnectionError("nobody answers"))


async def test_without_its_storage_a_process_counts_for_itself(
    application: FastAPI, backends: Backends, org: Org
) -> None:
    limits = RateLimits(_Away(), FEW)
    json = _event(org.session())
    async with serve(application, replace(backends, limits=limits)) as api:
        for _ in range(2):
            assert (await api.call("POST", "/events", of=org, json=json)).is_success
        _refused(await api.call("POST", "/events", of=org, json=json))


def test_the_figures() -> None:
    settings = ApiSettings.model_fields
    names = ("enrollments_a_minute", "presigns_a_minute", "events_a_minute")
    assert Rates(*(settings[name].default for name in names)) == Rates(100, 500, 1000) == Rates()


def test_settings_take_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "API_DATABASE_URL": "postgresql://x",
        "JWT_KEYS_DIR": "/tmp",
        "OIDC_ISSUER": "http://127.0.0.1:9",
        "TRUSTED_PROXIES": "10.0.0.0/8, ::1/128",
        "CORS_ORIGINS": "https://a.example,https://b.example",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"IMAGING360_{name}", value)
    settings = ApiSettings()
    assert settings.trusted_proxies == [ip_network("10.0.0.0/8"), ip_network("::1/128")]
    assert settings.cors_origins == ["https://a.example", "https://b.example"]
