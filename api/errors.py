"""Every refusal as an RFC 9457 problem document with a stable code."""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class Code(StrEnum):
    """What went wrong, for programs. A code keeps its meaning for ever."""

    # 400
    INVALID_REQUEST = "invalid_request"
    ORGANIZATION_UNKNOWN = "organization_unknown"
    ENROLLMENT_CODE_REQUIRED = "enrollment_code_required"
    ENROLLMENT_CODE_INVALID = "enrollment_code_invalid"
    DEVICE_ID_TAKEN = "device_id_taken"
    VEHICLE_IDENTITY_REQUIRED = "vehicle_identity_required"
    SLOT_REQUIRED = "slot_required"
    SLOT_AMBIGUOUS = "slot_ambiguous"
    FILE_TOO_LARGE = "file_too_large"
    EVENT_TYPE_RESERVED = "event_type_reserved"
    # 401
    TOKEN_MISSING = "token_missing"
    TOKEN_INVALID = "token_invalid"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_REVOKED = "token_revoked"
    TICKET_INVALID = "ticket_invalid"
    ID_TOKEN_INVALID = "id_token_invalid"
    # 403
    ROLE_FORBIDDEN = "role_forbidden"
    USER_NOT_IN_ORGANIZATION = "user_not_in_organization"
    DEVICE_REVOKED = "device_revoked"
    # 404
    ROUTE_NOT_FOUND = "route_not_found"
    SITE_NOT_FOUND = "site_not_found"
    SESSION_NOT_FOUND = "session_not_found"
    IMAGE_NOT_FOUND = "image_not_found"
    USER_NOT_FOUND = "user_not_found"
    DEVICE_NOT_FOUND = "device_not_found"
    ENROLLMENT_CODE_NOT_FOUND = "enrollment_code_not_found"
    ENTITY_NOT_FOUND = "entity_not_found"
    # 405, 409, 413
    METHOD_NOT_ALLOWED = "method_not_allowed"
    ORGANIZATION_AMBIGUOUS = "organization_ambiguous"
    EMAIL_TAKEN = "email_taken"
    SITE_NAME_TAKEN = "site_name_taken"
    OWN_ACCOUNT = "own_account"
    SESSION_NOT_ACTIVE = "session_not_active"
    SESSION_HAS_NO_SPIN = "session_has_no_spin"
    TRANSITION_IMPOSSIBLE = "transition_impossible"
    IMAGE_FAILED = "image_failed"
    IMAGE_PENDING = "image_pending"
    IMAGE_NOT_PARKED = "image_not_parked"
    BODY_TOO_LARGE = "body_too_large"
    # 429
    RATE_LIMITED = "rate_limited"
    TOO_MANY_STREAMS = "too_many_streams"
    # 5xx
    INTERNAL_ERROR = "internal_error"
    UNAVAILABLE = "unavailable"
    # Any other answer of the framework
    HTTP_ERROR = "http_error"


_TITLES: dict[int, dict[Code, str]] = {
    400: {
        Code.INVALID_REQUEST: "The request is not valid",
        Code.ORGANIZATION_UNKNOWN: "There is no such organization",
        Code.ENROLLMENT_CODE_REQUIRED: "An enrolment code is needed",
        Code.ENROLLMENT_CODE_INVALID: "The enrolment code is wrong, expired or used up",
        Code.DEVICE_ID_TAKEN: "This device id cannot be used",
        Code.VEHICLE_IDENTITY_REQUIRED: "A VIN or a stock number is needed",
        Code.SLOT_REQUIRED: "The picture's place in the session is missing",
        Code.SLOT_AMBIGUOUS: "The picture has two places in the session",
        Code.FILE_TOO_LARGE: "The file is too large",
        Code.EVENT_TYPE_RESERVED: "This event type is written by the platform only",
    },
    401: {
        Code.TOKEN_MISSING: "A bearer token is needed",
        Code.TOKEN_INVALID: "The token is not valid",
        Code.TOKEN_EXPIRED: "The token has expired",
        Code.TOKEN_REVOKED: "The token's device or person was shut out",
        Code.TICKET_INVALID: "The ticket is wrong, used or expired",
        Code.ID_TOKEN_INVALID: "The identity token is not valid",
    },
    403: {
        Code.ROLE_FORBIDDEN: "This role may not do that",
        Code.USER_NOT_IN_ORGANIZATION: "No access to this organization",
        Code.DEVICE_REVOKED: "The device was revoked",
    },
    404: {
        Code.ROUTE_NOT_FOUND: "There is nothing at this address",
        Code.SITE_NOT_FOUND: "There is no such site",
        Code.SESSION_NOT_FOUND: "There is no such session",
        Code.IMAGE_NOT_FOUND: "There is no such image",
        Code.USER_NOT_FOUND: "There is no such user",
        Code.DEVICE_NOT_FOUND: "There is no such device",
        Code.ENROLLMENT_CODE_NOT_FOUND: "There is no such enrolment code",
        Code.ENTITY_NOT_FOUND: "There is no such entity",
    },
    405: {Code.METHOD_NOT_ALLOWED: "This address does not take that method"},
    409: {
        Code.ORGANIZATION_AMBIGUOUS: "The person belongs to several organizations",
        Code.EMAIL_TAKEN: "Somebody has this address already",
        Code.SITE_NAME_TAKEN: "A site has this name already",
        Code.OWN_ACCOUNT: "Nobody disables or demotes themselves",
        Code.SESSION_NOT_ACTIVE: "The session is not active",
        Code.SESSION_HAS_NO_SPIN: "The session's shot list has no spin",
        Code.TRANSITION_IMPOSSIBLE: "The session cannot change in this way",
        Code.IMAGE_FAILED: "The image failed",
        Code.IMAGE_PENDING: "The image is still being processed",
        Code.IMAGE_NOT_PARKED: "The image does not wait for a decision",
    },
    413: {Code.BODY_TOO_LARGE: "The request is too large"},
    429: {
        Code.RATE_LIMITED: "Too many requests",
        Code.TOO_MANY_STREAMS: "Too many live streams are open",
    },
    500: {Code.INTERNAL_ERROR: "Something went wrong on our side"},
    503: {Code.UNAVAILABLE: "Not available at the moment; try again"},
}
_STATUS = {code: status for status, codes in _TITLES.items() for code in codes}


class FieldError(BaseModel):
    """One thing that is wrong with one place of the request."""

    field: str = Field(description="Where: a path such as `body.vin` or `query.limit`.")
    message: str
    type: str = Field(description="Stable word for the kind of mistake, e.g. `missing`.")


class Choice(BaseModel):
    """An organization that the person may sign in to."""

    id: UUID
    name: str


class Problem(BaseModel):
    """RFC 9457 problem document, sent as `application/problem+json`."""

    type: str = Field(description="`urn:imaging360:problem:<code>`.")
    title: str
    status: int
    detail: str
    code: Code
    request_id: str
    errors: list[FieldError] | None = Field(None, description="With `invalid_request` and alike.")
    organizations: list[Choice] | None = Field(None, description="With `organization_ambiguous`.")


class ApiError(Exception):
    """A refusal that the caller should read. Its status and title follow from its code."""

    def __init__(
        self,
        code: Code,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,  # noqa: ANN401 - extension members of the problem document
    ) -> None:
        super().__init__(detail or title(code))
        self.code = code
        self.detail = detail or f"{title(code)}."
        self.headers = dict(headers or {})
        self.members = members


def status(code: Code) -> int:
    """The HTTP status that goes with a code."""
    return _STATUS[code]


def title(code: Code) -> str:
    """A code's short sentence for people; the same at every occurrence."""
    return _TITLES[_STATUS[code]][code]


def problem(
    code: Code, detail: str, request_id: str, *, http_status: int | None = None, **members: object
) -> dict[str, Any]:
    """The document's members; those that are None are left out."""
    number = http_status or _STATUS[code]
    heading = title(code) if code in _STATUS else HTTPStatus(number).phrase
    document = {
        "type": f"urn:imaging360:problem:{code}",
        "title": heading,
        "status": number,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        **members,
    }
    return {name: value for name, value in document.items() if value is not None}


def problems(*codes: Code) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may refuse with these codes."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for number in sorted({_STATUS[code] for code in codes}):
        listed = [code for code in codes if _STATUS[code] == number]
        by_status[number] = {
            "description": "; ".join(f"`{code}`: {title(code)}" for code in listed),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return by_status
