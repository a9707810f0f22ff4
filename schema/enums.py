"""Closed sets of words that the database, the API and the workflows share."""

from enum import StrEnum


class Role(StrEnum):
    """Who a token speaks for. `device` belongs to enrolled devices, the others to people."""

    DEVICE = "device"
    OPERATOR = "operator"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class Platform(StrEnum):
    """Where a capture app runs."""

    IOS = "ios"
    ANDROID = "android"
    WEB = "web"
    OTHER = "other"


class CaptureMode(StrEnum):
    """How a capture session photographs its vehicle."""

    STUDIO360 = "studio360"
    WALK360 = "walk360"
    STILLS = "stills"


class SessionStatus(StrEnum):
    """The life of a capture session."""

    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class UploadContentType(StrEnum):
    """What a device may send."""

    JPEG = "image/jpeg"
    HEIC = "image/heic"


class ImageStatus(StrEnum):
    """Where an image stands.

    `pending` and `needs_attention` are workflow state; `processed`, `failed` and `published`
    are rows; `rejected` is an object that no upload promised, so no row can hold it.
    """

    PENDING = "pending"
    NEEDS_ATTENTION = "needs_attention"
    PROCESSED = "processed"
    FAILED = "failed"
    PUBLISHED = "published"
    REJECTED = "rejected"


class Stage(StrEnum):
    """The activities of ProcessImage, in order."""

    DOWNLOAD = "download"
    EXIF = "exif"
    THUMBNAILS = "thumbnails"
    QC = "qc"
    DEDUP = "dedup"
    RECORD = "record"


class EntityType(StrEnum):
    """What an event of the audit trail is about."""

    SESSION = "session"
    UPLOAD = "upload"
    IMAGE = "image"
    DEVICE = "device"
    USER = "user"
    VEHICLE = "vehicle"
    SITE = "site"
    ENROLLMENT_CODE = "enrollment_code"


class ActorType(StrEnum):
    """Who caused an event."""

    DEVICE = "device"
    USER = "user"
    SYSTEM = "system"
