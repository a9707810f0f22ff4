"""The contract: `python -m api.openapi` writes `api/openapi.json` from the routes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from api.deps import Permission
from api.errors import Code, Problem, problems

FILE = Path(__file__).with_name("openapi.json")
_DESCRIPTION = """\
Vehicle photography: capture sessions, presigned uploads, images with their verdicts.

Errors are problem documents (RFC 9457, `application/problem+json`) with a stable `code`; a
request that is not valid answers 400. `X-Request-ID` is taken over or made, and comes back. A body
has at most 1048576 bytes (1 MiB).
`x-roles` lists the roles that an operation is open to.
"""
_ALWAYS = (Code.INTERNAL_ERROR, Code.UNAVAILABLE)
_WITH_INPUT = (Code.INVALID_REQUEST,)
_WITH_BODY = (Code.BODY_TOO_LARGE,)
_WITH_TOKEN = (
    Code.TOKEN_MISSING,
    Code.TOKEN_INVALID,
    Code.TOKEN_EXPIRED,
    Code.TOKEN_REVOKED,
    Code.ROLE_FORBIDDEN,
)


def describe(app: FastAPI) -> None:
    """Make the application serve our document instead of the generated one."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def operations(app: FastAPI) -> Iterator[tuple[RouteContext, list[Permission]]]:
    """Every API route of the application with the permissions that it declares."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            declared = (one.call for one in context.dependant.dependencies)
            yield context, [call for call in declared if isinstance(call, Permission)]


def rendered(app: FastAPI) -> str:
    """The document as the committed file has it."""
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes
    )
    _add_problem(document)
    for context, permissions in operations(app):
        for method in context.methods or ():
            operation = document["paths"][context.path_format][method.lower()]
            _complete(operation, permissions)
    return document


def _add_problem(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= own.pop("$defs") | {"Problem": own}
    document["components"]["schemas"] = dict(sorted(schemas.items()))


def _complete(operation: dict[str, Any], permissions: list[Permission]) -> None:
    """Add the refusals that every route of this kind shares, and who may call it."""
    codes = list(_ALWAYS)
    if "requestBody" in operation or operation.get("parameters"):
        codes += _WITH_INPUT
    if "requestBody" in operation:
        codes += _WITH_BODY
    roles = sorted(role for permission in permissions for role in permission.roles or ())
    if roles:
        codes += _WITH_TOKEN
        operation["x-roles"] = roles
    answers: dict[str, Any] = operation["responses"]
    answers.pop("422", None)
    for number, answer in problems(*codes).items():
        known = answers.setdefault(str(number), answer)
        if known is not answer:
            known["description"] = f"{answer['description']}; {known['description']}"
    operation["responses"] = dict(sorted(answers.items()))


def main() -> None:
    """Write the file."""
    # The application reads this module to serve the document, so it is imported late.
    from api.application import contract_app

    FILE.write_text(rendered(contract_app()), encoding="utf-8")


if __name__ == "__main__":
    main()
