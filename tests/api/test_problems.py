"""Every error is a problem document, whatever raised it; every request has an id."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from adapters import postgres
from api.application import MAX_BODY_BYTES
from api.backends import Backends
from api.principal import Tokens
from api.revocation import Revocations
from schema.enums import Role
from tests.api.client import Api, good, problem, serve
from tests.api.world import Org


async def test_an_address_that_is_not_there(api: Api) -> None:
    problem(await api.call("GET", "/nothing"), 404, "route_not_found")


async def test_a_method_that_is_not_taken(api: Api) -> None:
    answer = await api.call("PUT", "/presign")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


async def test_a_path_parameter_that_is_not_valid(api: Api, org: Org) -> None:
    document = problem(await api.call("GET", "/sessions/7", of=org), 400, "invalid_request")
    assert document["errors"][0]["field"] == "path.session_id"


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": 0}, "query.limit"),
        ({"limit": 201}, "query.limit"),
        ({"offset": -1}, "query.offset"),
        ({"status": "gone"}, "query.status"),
        ({"site_id": "here"}, "query.site_id"),
    ],
)
async def test_a_query_that_is_not_valid(
    api: Api, org: Org, params: dict[str, Any], field: str
) -> None:
    answer = await api.call("GET", "/sessions", of=org, **params)
    assert problem(answer, 400, "invalid_request")["errors"][0]["field"] == field


async def test_a_parameter_that_is_missing(api: Api, org: Org) -> None:
    document = problem(await api.call("GET", "/images", of=org), 400, "invalid_request")
    assert document["errors"] == [
        {"field": "query.session_id", "message": "Field required", "type": "missing"}
    ]


async def _post(api: Api, org: Org, content: Any, kind: str = "application/json") -> httpx.Response:  # noqa: ANN401
    headers = {"Authorization": f"Bearer {api.token(org, Role.ADMIN)}", "Content-Type": kind}
    return await api.http.post("/sessions", content=content, headers=headers)


@pytest.mark.parametrize("content", [b"{", b"", b"[]", b"null", b'"text"', b"\xff\xfe"])
async def test_a_body_that_is_not_what_is_expected(api: Api, org: Org, content: bytes) -> None:
    problem(await _post(api, org, content), 400, "invalid_request")


async def test_a_body_that_is_not_json(api: Api, org: Org) -> None:
    problem(await _post(api, org, b"a=1", "text/plain"), 400, "invalid_request")


async def test_a_body_that_does_not_say_how_large_it_is(api: Api, org: Org) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 2**16 + 1):
            yield b"x" * 2**16

    problem(await _post(api, org, chunks()), 413, "body_too_large")


async def test_many_mistakes_are_listed(api: Api, org: Org) -> None:
    answer = await api.call("POST", "/sessions", of=org, json={"mode": "fly", "colour": "red"})
    document = problem(answer, 400, "invalid_request")
    assert {error["field"] for error in document["errors"]} == {
        "body.site_id",
        "body.mode",
        "body.colour",
    }
    assert "body.site_id" in document["detail"]


async def test_a_bug_answers_500_without_a_word_about_itself(
    application: FastAPI, backends: Backends, org: Org
) -> None:
    broken = replace(backends, tokens=cast("Tokens", _Broken()))
    async with serve(application, broken) as api:
        with capture_logs() as logs:
            answer = await api.call("GET", "/.well-known/jwks.json")
    document = problem(answer, 500, "internal_error")
    assert "secret" not in answer.text
    crashes = [entry for entry in logs if entry["event"] == "request.crashed"]
    assert len(crashes) == 1
    assert document["request_id"]


class _Broken:
    def public_keys(self) -> None:
        raise RuntimeError("a secret detail")


async def test_while_the_database_is_away(
    application: FastAPI, backends: Backends, org: Org
) -> None:
    nowhere = postgres.AsyncDatabase("postgresql+psycopg://nobody@127.0.0.1:9/none", pool_size=1)
    async with serve(
        application,
        replace(backends, database=nowhere, revocations=Revocations(nowhere, seconds=10)),
    ) as api:
        answers = [
            await api.call("GET", "/sessions", of=org),
            await api.call("POST", "/auth/device", json=_enrolment(org)),
            await api.call("GET", "/images", of=org, session_id=uuid4()),
            await api.call("GET", "/readyz"),
        ]
        good(await api.call("GET", "/healthz"))
    for answer in answers:
        problem(answer, 503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0


def _enrolment(org: Org) -> dict[str, str]:
    return {"org_id": str(org.id), "platform": "ios", "model": "phone", "app_version": "1"}


async def test_the_request_id_comes_back(api: Api) -> None:
    answer = await api.http.get("/healthz", headers={"X-Request-ID": "trace-1.a_B"})
    assert answer.headers["x-request-id"] == "trace-1.a_B"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'a"b', "é"])
async def test_a_request_id_that_we_do_not_take(api: Api, given: str) -> None:
    headers = {"X-Request-ID": given.encode("latin-1")}
    taken = (await api.http.get("/healthz", headers=headers)).headers["x-request-id"]  # type: ignore[arg-type]
    assert taken not in ("", given)
    other = (await api.http.get("/healthz")).headers["x-request-id"]
    assert taken != other


async def test_ready_but_degraded_while_temporal_is_away(api_without_temporal: Api) -> None:
    degraded = good(await api_without_temporal.call("GET", "/readyz"))
    assert degraded == {"status": "degraded", "postgres": True, "temporal": False}


async def test_healthy_and_ready_when_all_answers(api: Api) -> None:
    assert good(await api.call("GET", "/healthz")) == {"status": "ok"}
    ready = good(await api.call("GET", "/readyz"))
    assert ready == {"status": "ok", "postgres": True, "temporal": True}


async def test_one_log_line_a_request_without_secrets(
    api: Api, org: Org, capsys: pytest.CaptureFixture[str]
) -> None:
    token = api.token(org, Role.ADMIN)
    with capture_logs() as logs:
        good(await api.call("GET", "/sessions", token=token))
        problem(await api.call("GET", "/sessions", token=token + "x"), 401, "token_invalid")
        code = org.code()
        good(
            await api.call(
                "POST", "/auth/device", json={**_enrolment(org), "enrollment_code": code}
            )
        )
    lines = [entry for entry in logs if entry["event"] == "request"]
    assert [line["status"] for line in lines] == [200, 401, 200]
    assert token not in str(logs)
    assert code not in str(logs)
