"""What databases and parsers choke on is refused as a mistake, never answered with 500."""

from typing import Any
from uuid import uuid4

import pytest

from schema.enums import Role
from tests.api.client import Api, problem
from tests.api.world import Org

NUL = "a" + chr(0) + "b"
LONE = bytes.fromhex("5c7564383030")
"""Half of a surrogate pair, as JSON escapes it."""


def _event(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of any type
    entity = {"entity_type": "session", "entity_id": str(uuid4())}
    return {**entity, "event_type": "a.b", **members}


def _session(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of any type
    return {"site_id": str(uuid4()), "mode": "stills", "stock_number": "A-1", **members}


def _presign(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of any type
    file = {"content_type": "image/jpeg", "content_sha256": "ab" * 32, "file_name": "a.jpg"}
    return {"session_id": str(uuid4()), **file, **members}


def _device(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of any type
    said = {"platform": "ios", "model": "phone", "app_version": "1"}
    return {"org_id": str(uuid4()), **said, **members}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/sessions", _session(make=NUL), "make"),
        ("/sessions", _session(stock_number="a" + chr(27)), "stock_number"),
        ("/sessions", _session(vin=NUL), "vin"),
        ("/presign", _presign(file_name=NUL), "file_name"),
        ("/presign", _presign(size=2**63), ""),
        ("/presign", _presign(content_sha256="ab" * 32 + chr(10) + "x"), "content_sha256"),
        ("/events", _event(payload={"text": NUL}), "payload"),
        ("/events", _event(payload={NUL: 1}), "payload"),
        ("/events", _event(occurred_at="0001-01-01T00:00:00+14:00"), "occurred_at"),
        ("/events", _event(occurred_at="9999-12-31T23:59:59-14:00"), "occurred_at"),
        ("/events", _event(occurred_at=1e300), "occurred_at"),
        ("/events", _event(event_type="a.b" + chr(10)), "event_type"),
        ("/auth/device", _device(model=NUL), "model"),
    ],
)
async def test_values_that_cannot_be_stored(
    api: Api, org: Org, path: str, body: dict[str, Any], field: str
) -> None:
    answer = await api.call("POST", path, of=org, json=body)
    if field:
        document = problem(answer, 400, "invalid_request")
        assert document["errors"][0]["field"] == f"body.{field}"
    else:
        assert answer.status_code == 400


async def _raw(api: Api, org: Org, content: bytes) -> Any:  # noqa: ANN401 - a response
    token = api.token(org, Role.ADMIN)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return await api.http.post("/events", content=content, headers=headers)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"x": NaN}',
        b'{"x": Infinity}',
        b'{"x": -Infinity}',
        b'{"x": 1e999}',
        b'{"x": "' + LONE + b'"}',
        b'{"' + LONE + b'": 1}',
        b'{"x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    ],
    ids=[
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "lone surrogate",
        "lone surrogate as a name",
        "deep",
    ],
)
async def test_json_that_is_none(api: Api, org: Org, payload: bytes) -> None:
    session = str(org.session()).encode()
    head = b'{"entity_type":"session","event_type":"a.b","entity_id":"' + session
    problem(await _raw(api, org, head + b'","payload":' + payload + b"}"), 400, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [
        b'{"entity_type": "' + LONE + b'"}',
        b'{"event_type": "' + LONE + b'"}',
        b'{"' + LONE + b'": 1}',
        b'{"' + b"x" * 100_000 + b'": 1}',
        b'"' + LONE + b'"',
        b"7",
    ],
    ids=["enum", "text", "name", "long name", "scalar", "number"],
)
async def test_mistakes_that_cannot_be_quoted(api: Api, org: Org, body: bytes) -> None:
    answer = await _raw(api, org, body)
    problem(answer, 400, "invalid_request")
    assert len(answer.content) < 10_000


@pytest.mark.parametrize("depth", [20, 600, 1500])
async def test_a_payload_that_is_deep(api: Api, org: Org, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    session = str(org.session()).encode()
    head = b'{"entity_type":"session","event_type":"a.b","entity_id":"' + session
    answer = await _raw(api, org, head + b'","payload":{"x":' + nested + b"}}")
    assert answer.status_code in (201, 400), answer.text


async def test_a_name_that_no_encoding_has(api: Api, org: Org) -> None:
    token = api.token(org, Role.ADMIN)
    site = str(org.here).encode()
    answer = await api.http.post(
        "/sessions",
        content=b'{"mode":"stills","site_id":"' + site + b'","stock_number":"' + LONE + b'"}',
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    problem(answer, 400, "invalid_request")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "bearer x y", "Bearer \xe9"])
async def test_headers_that_are_no_token(api: Api, header: str) -> None:
    headers = {b"Authorization": header.encode("latin-1")}
    answer = await api.http.get("/sessions", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] in ("token_missing", "token_invalid")


def _codes(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of any type
    return {"uses": 1, **members}


def _shots(count: int) -> dict[str, Any]:
    return {"stills": [{"name": f"shot_{number}"} for number in range(count)]}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/events", [_event()] * 201, "body"),
        ("/events", [], "body"),
        ("/images/publish", {"image_ids": [str(uuid4())] * 501}, "body.image_ids"),
        ("/sessions", _session(shot_list=_shots(101)), "body.shot_list.stills"),
        ("/sessions", _session(stock_number="x" * 65), "body.stock_number"),
        ("/presign", _presign(file_name="x" * 256), "body.file_name"),
        ("/presign", _presign(size=5 * 2**30 + 1), "body.size"),
        ("/presign", _presign(angle_deg=10**400), "body.angle_deg"),
        ("/enrollment-codes", _codes(uses=10_001), "body.uses"),
    ],
)
async def test_one_more_than_is_allowed(
    api: Api,
    org: Org,
    path: str,
    body: object,
    field: str,
) -> None:
    document = problem(await api.call("POST", path, of=org, json=body), 400, "invalid_request")
    assert document["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/presign", _presign(angle_deg="90"), "body.angle_deg"),
        ("/presign", _presign(angle_deg=True), "body.angle_deg"),
        ("/presign", _presign(angle_deg=90.5), "body.angle_deg"),
        ("/presign", _presign(size="7"), "body.size"),
        ("/images/publish", {"session_id": str(uuid4()), "only_passed": 1}, "body.only_passed"),
        ("/images/publish", {"session_id": str(uuid4()), "only_passed": "yes"}, "body.only_passed"),
        ("/events", _event(occurred_at=1795161600), "body.occurred_at"),
        ("/events", _event(occurred_at="1795161600"), "body.occurred_at"),
        ("/sessions", _session(stock_number=7), "body.stock_number"),
    ],
)
async def test_values_of_another_type(
    api: Api,
    org: Org,
    path: str,
    body: object,
    field: str,
) -> None:
    document = problem(await api.call("POST", path, of=org, json=body), 400, "invalid_request")
    assert document["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "9" * 5000), ("offset", 1_000_001), ("limit", "1e1"), ("site_id", NUL)],
)
async def test_a_page_that_cannot_be(api: Api, org: Org, name: str, value: object) -> None:
    query: dict[str, Any] = {name: value}
    answer = await api.call("GET", "/sessions", of=org, **query)
    assert problem(answer, 400, "invalid_request")["errors"][0]["field"] == f"query.{name}"


async def test_whole_numbers_may_be_written_with_a_point(api: Api, org: Org) -> None:
    body = _presign(session_id=str(org.session()), angle_deg=90.0)
    assert (await api.call("POST", "/presign", of=org, json=body)).is_success
