"""Object keys in S3: how they are made and read.

Original: `org/{org_id}/site/{site_id}/session/{session_id}/{upload_id}.{jpg|heic}`;
thumbnails beside it: `{upload_id}_thumb_{150|600|1200}.jpg`, and those that a campaign made anew:
`{upload_id}_thumb_{150|600|1200}_{campaign_id}.jpg`.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from schema.enums import UploadContentType

THUMBNAIL_SIZES = (150, 600, 1200)
PREFIX = "org/"

_EXTENSIONS = {UploadContentType.JPEG: "jpg", UploadContentType.HEIC: "heic"}
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_FOLDER = rf"org/(?P<org>{_UUID})/site/(?P<site>{_UUID})/session/(?P<session>{_UUID})"
_ORIGINAL = re.compile(rf"{_FOLDER}/(?P<upload>{_UUID})\.(?P<ext>jpg|heic)")
_DERIVATIVE = re.compile(rf"{_FOLDER}/{_UUID}_thumb_[0-9]+(?:_(?P<campaign>{_UUID}))?\.jpg")


@dataclass(frozen=True)
class ObjectKey:
    """The four identities in the key of an uploaded original."""

    org_id: UUID
    site_id: UUID
    session_id: UUID
    upload_id: UUID
    extension: str

    def __str__(self) -> str:
        return f"{self._stem()}.{self.extension}"

    def thumbnail(self, size: int, campaign_id: str | None = None) -> str:
        """The key of the square thumbnail of `size` pixels; a campaign has keys of its own."""
        edition = f"_{campaign_id}" if campaign_id else ""
        return f"{self._stem()}_thumb_{size}{edition}.jpg"

    def _stem(self) -> str:
        folder = f"org/{self.org_id}/site/{self.site_id}/session/{self.session_id}"
        return f"{folder}/{self.upload_id}"


def original_key(
    org_id: UUID, site_id: UUID, session_id: UUID, upload_id: UUID, content_type: UploadContentType
) -> ObjectKey:
    """The key under which an upload will be stored."""
    return ObjectKey(org_id, site_id, session_id, upload_id, _EXTENSIONS[content_type])


def parse_key(key: str) -> ObjectKey | None:
    """Read the key of an original; None when it is anything else."""
    match = _ORIGINAL.fullmatch(key)
    if match is None:
        return None
    org, site, session, upload = (
        UUID(match[name]) for name in ("org", "site", "session", "upload")
    )
    return ObjectKey(org, site, session, upload, match["ext"])


def is_derivative(key: str) -> bool:
    """Whether the key is one of our own thumbnails, which raise events like any .jpg."""
    return _DERIVATIVE.fullmatch(key) is not None


def campaign_of(key: str) -> str | None:
    """The campaign that made a thumbnail; None when it was the first processing."""
    match = _DERIVATIVE.fullmatch(key)
    return match["campaign"] if match else None
