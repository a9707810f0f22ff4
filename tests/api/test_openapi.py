"""The committed contract is what the routes say, and says enough."""

import json
from collections.abc import Callable, Iterator
from inspect import isasyncgenfunction, iscoroutinefunction, isfunction
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPBearer

from api.application import contract_app
from api.errors import Code, status, title
from api.openapi import FILE, operations, rendered
from tests.api.client import Api, good

DOCUMENT: dict[str, Any] = json.loads(FILE.read_text())
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def test_the_committed_file_is_up_to_date() -> None:
    current = rendered(contract_app())
    assert current == FILE.read_text(), "run: .venv/bin/python -m api.openapi"


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_is_documented(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["description"]
    assert {"500", "503"} <= set(operation["responses"])
    assert "422" not in operation["responses"]
    for number, answer in operation["responses"].items():
        media = set(answer.get("content", ()))
        if number == "304":
            assert not media
            continue
        streams = name == "GET /live" and number == "200"
        answer_type = "text/event-stream" if streams else "application/json"
        assert media == {answer_type if number < "400" else "application/problem+json"}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_protected_operations_say_for_whom(name: str) -> None:
    operation = OPERATIONS[name]
    assert ("x-roles" in operation) == ("security" in operation)
    if "x-roles" in operation:
        assert {"401", "403"} <= set(operation["responses"])


def test_operation_ids_are_short_and_unique() -> None:
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)
    assert all(len(one) < 30 for one in ids)


def test_every_reference_leads_somewhere() -> None:
    text = FILE.read_text()
    known = DOCUMENT["components"]["schemas"]
    wanted = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= set(known)


@pytest.mark.parametrize("code", [code for code in Code if code is not Code.HTTP_ERROR])
def test_every_code_has_a_status_and_a_title(code: Code) -> None:
    assert 400 <= status(code) < 600
    assert title(code)


async def test_the_page_for_people_loads_nothing_from_elsewhere(api: Api) -> None:
    page = await api.http.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http" not in page.text
    assert good(await api.call("GET", "/openapi.json")) == DOCUMENT


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)


def test_nothing_runs_in_a_thread() -> None:
    """A sync dependency costs every request a round trip through the thread pool."""
    for context, _ in operations(contract_app()):
        for call in _calls(context.dependant):
            known = call if isfunction(call) else type(call).__call__
            is_async = iscoroutinefunction(known) or isasyncgenfunction(known)
            assert is_async or isinstance(call, HTTPBearer), call
