"""S3 notifications as S3 words them."""

import json
from uuid import uuid4

from schema.enums import UploadContentType
from schema.keys import ObjectKey, original_key


def a_key(content_type: UploadContentType = UploadContentType.JPEG) -> ObjectKey:
    """The key of an original of nobody in particular."""
    return original_key(uuid4(), uuid4(), uuid4(), uuid4(), content_type)


def record(key: str, name: str = "ObjectCreated:Put") -> dict[str, object]:
    """One record of a notification."""
    time = "2026-11-20T10:00:00.000Z"
    return {"eventName": name, "eventTime": time, "s3": {"object": {"key": key}}}


def body(*records: object) -> str:
    """A notification with these records."""
    return json.dumps({"Records": records})
