"""What the API answers, as far as a program needs it; `raw` has all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FINAL = frozenset({"processed", "failed", "published"})
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Token:
    """A bearer token: `subject` is the device's or the user's id, `expires_at` ISO 8601."""

    access_token: str = field(repr=False)
    expires_at: str
    org_id: str
    subject: str
    role: str

    @classmethod
    def of_device(cls, answer: Json) -> "Token":
        """From POST /auth/device."""
        return cls(
            answer["access_token"],
            answer["expires_at"],
            answer["org_id"],
            answer["device_id"],
            "device",
        )

    @classmethod
    def of_user(cls, answer: Json) -> "Token":
        """From POST /auth/login."""
        return cls(
            answer["access_token"],
            answer["expires_at"],
            answer["org_id"],
            answer["user"]["id"],
            answer["role"],
        )


@dataclass(frozen=True)
class Session:
    """A capture session; `frame_count` is the number of its spin's frames, None without a spin."""

    id: str
    mode: str
    status: str
    frame_count: int | None
    raw: Json = field(repr=False)

    @classmethod
    def of(cls, answer: Json) -> "Session":
        """From an answer of /sessions."""
        spin = (answer.get("shot_list") or {}).get("studio360")
        count = spin["frame_count"] if spin else None
        return cls(answer["id"], answer["mode"], answer["status"], count, answer)


@dataclass(frozen=True)
class Presigned:
    """A permission to store one file; `url` is None when it is stored already."""

    upload_id: str
    url: str | None
    headers: Mapping[str, str]

    @classmethod
    def of(cls, answer: Json) -> "Presigned":
        """From POST /presign."""
        return cls(str(answer["upload_id"]), answer["upload_url"], answer["headers"])


@dataclass(frozen=True)
class Image:
    """One picture; `id` is its upload's. `failure` is a sentence."""

    id: str
    status: str
    angle_deg: int | None
    shot_name: str | None
    failure: str | None
    raw: Json = field(repr=False)

    @property
    def final(self) -> bool:
        """True when it has its verdict."""
        return self.status in FINAL

    @property
    def slot(self) -> str:
        """Its place in the session, for people."""
        return f"{self.angle_deg}°" if self.angle_deg is not None else self.shot_name or self.id

    @classmethod
    def of(cls, answer: Json) -> "Image":
        """From an item of GET /images."""
        failure = (answer.get("failure") or {}).get("message")
        angle, name = answer["angle_deg"], answer["shot_name"]
        return cls(answer["id"], answer["status"], angle, name, failure, answer)


@dataclass(frozen=True)
class ImageList:
    """A session's pictures; `etag` tells whether they have changed, if the API gives one."""

    items: tuple[Image, ...]
    pending_known: bool
    etag: str | None = None


@dataclass(frozen=True)
class Published:
    """How many pictures are published now that were not before, and what became of each."""

    published: int
    outcomes: Mapping[str, str]

    @classmethod
    def of(cls, answer: Json) -> "Published":
        """From POST /images/publish."""
        outcomes = {str(one["image_id"]): str(one["outcome"]) for one in answer["results"]}
        return cls(answer["published"], outcomes)
