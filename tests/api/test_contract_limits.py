"""Whatever a request may hold has a limit, which the document states."""

import json
from collections.abc import Iterator
from typing import Any

from api.application import MAX_BODY_BYTES
from api.openapi import FILE

DOCUMENT: dict[str, Any] = json.loads(FILE.read_text())
# Their values have a form, and with it a length.
FORMATS = {"uuid", "date-time"}
# Compared with ids that we gave, never stored; any other counts as none.
COMPARED = "GET /live last_event_id"
Schema = dict[str, Any]


def _resolved(schema: Schema) -> Schema:
    name = schema.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["schemas"][name] if name else schema


def _simple(place: str, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Every text, number and list below a schema, with where it is."""
    schema = _resolved(schema)
    for choice in [*schema.get("anyOf", ()), *schema.get("oneOf", ())]:
        yield from _simple(place, choice)
    for name, member in schema.get("properties", {}).items():
        yield from _simple(f"{place} {name}", member)
    if schema.get("type") in ("string", "integer", "number", "array"):
        yield place, schema
    if "items" in schema:
        yield from _simple(f"{place}[]", schema["items"])


def _inputs() -> Iterator[tuple[str, Schema]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            place = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", ()):
                # A header is as long as the server takes headers.
                if parameter["in"] != "header":
                    yield from _simple(f"{place} {parameter['name']}", parameter["schema"])
            if "requestBody" in operation:
                yield from _simple(
                    place, operation["requestBody"]["content"]["application/json"]["schema"]
                )


def _missing(schema: Schema) -> list[str]:
    if "enum" in schema or "const" in schema or schema.get("format") in FORMATS:
        return []
    wanted = {
        "string": ["maxLength"],
        "array": ["maxItems"],
        "integer": ["minimum", "maximum"],
        "number": ["minimum", "maximum"],
    }[schema["type"]]
    bounded = schema.get("type") == "string" and schema.get("pattern", "").endswith("}$")
    return [] if bounded else [bound for bound in wanted if bound not in schema]


def test_every_input_is_bounded() -> None:
    unbounded = {f"{place} {bound}" for place, schema in _inputs() for bound in _missing(schema)}
    assert unbounded == {f"{COMPARED} maxLength"}


def test_free_text_says_that_it_takes_no_control_characters() -> None:
    bare = {
        place
        for place, schema in _inputs()
        if schema["type"] == "string" and not {"pattern", "enum", "const", "format"} & set(schema)
    }
    assert bare == {COMPARED}


def test_the_size_of_a_body_is_told() -> None:
    assert f"{MAX_BODY_BYTES} bytes" in DOCUMENT["info"]["description"]
