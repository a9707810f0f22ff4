"""Which request an object in S3 comes from: tags, signed by the API and read by the bridge.

S3's events carry neither tags nor metadata, so the bridge asks S3. Tags, because the right to read
them is not the right to read the photo.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_REQUEST = "request"
_TRACE = "trace"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class Origin:
    """The X-Request-ID of a presign and, when it was traced, its W3C traceparent."""

    request_id: str | None = None
    traceparent: str | None = None

    def as_tags(self) -> dict[str, str]:
        """Tags of the object."""
        named = {_REQUEST: self.request_id, _TRACE: self.traceparent}
        return {name: value for name, value in named.items() if value is not None}

    @classmethod
    def of_tags(cls, tags: Mapping[str, str]) -> "Origin":
        """As it was written; anything else, as an object from elsewhere may have, is dropped."""
        return cls(_plain(tags.get(_REQUEST)), _plain(tags.get(_TRACE)))


def _plain(value: str | None) -> str | None:
    return value if value is not None and _PLAIN.fullmatch(value) else None
