"""What a message asks for. Pure: text in, decisions out."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from schema.contracts import ImageRef
from schema.keys import is_derivative, parse_key


class MalformedMessageError(Exception):
    """No S3 event that we understand: left on the queue, so that it reaches the DLQ."""


@dataclass(frozen=True)
class Start:
    """Start one ProcessImage."""

    image: ImageRef


@dataclass(frozen=True)
class Ignore:
    """Nothing to do, and why."""

    reason: str


Decision = Start | Ignore


def decide(body: str) -> list[Decision]:
    """Read an SQS message body: an S3 notification with any number of records.

    Raises:
        MalformedMessageError: not JSON, not an S3 event, or a key that nobody could have
            presigned. Nothing of the message is to be acted on.
    """
    document = _json(body)
    if document.get("Event") == "s3:TestEvent":
        return [Ignore("test event")]
    records = document.get("Records")
    if not isinstance(records, list) or not records:
        raise MalformedMessageError("no Records in the message")
    return [_of_record(record) for record in records]


def _json(body: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise MalformedMessageError(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise MalformedMessageError("not a JSON object")
    return document


def _of_record(record: object) -> Decision:
    try:
        name, key, time = _fields(record)
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedMessageError(f"not an S3 record: {error!r}") from error
    if not name.removeprefix("s3:").startswith("ObjectCreated:"):
        return Ignore(f"not a creation: {name}")
    if is_derivative(key):
        return Ignore("derivative")
    parsed = parse_key(key)
    if parsed is None:
        raise MalformedMessageError(f"unknown key: {key!r}")
    return Start(
        ImageRef(
            upload_id=str(parsed.upload_id),
            org_id=str(parsed.org_id),
            site_id=str(parsed.site_id),
            session_id=str(parsed.session_id),
            storage_key=key,
            uploaded_at=time,
        )
    )


def _fields(record: Any) -> tuple[str, str, str | None]:  # noqa: ANN401  foreign JSON
    name, time = record["eventName"], record.get("eventTime")
    # S3 encodes keys as in a form: `+` for a space.
    key = unquote_plus(record["s3"]["object"]["key"])
    if not isinstance(name, str) or not isinstance(time, str | None):
        raise TypeError("eventName and eventTime must be text")
    return name, key, time
