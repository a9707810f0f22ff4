"""What request and response models have in common."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema


def _printable(text: str) -> str:
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise ValueError("control characters are not allowed")
    return text


class _Printable:
    """The rule, for requests and in the document."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_printable, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"pattern": r"^[^\u0000-\u001f\u007f]*$", **handler(schema)}


def _a_number(given: object) -> object:
    if isinstance(given, str | bytes | bool):
        raise ValueError("must be a number")
    return given


def _written(given: object) -> object:
    # Without it, numbers and texts of digits are taken for seconds since 1970.
    if isinstance(given, int | float) or (isinstance(given, str) and "-" not in given):
        raise ValueError("must be a date and time as in RFC 3339")
    return given


Printable = _Printable()
"""For free text: PostgreSQL cannot store NUL, and nobody needs the others."""
Whole = BeforeValidator(_a_number)
"""For numbers, after their limits: 90 and 90.0 as JSON has them, but neither "90" nor true."""
Flag = Annotated[bool, Strict()]
"""true or false, but neither 1 nor "yes"."""
Written = BeforeValidator(_written)
"""For moments: `2026-11-20T08:00:00Z`, but not 1795161600."""
ShotName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,63}$")]
AngleDeg = Annotated[
    int, Field(ge=0, le=359, description="Whole degrees, clockwise from front."), Whole
]
Sha256 = Annotated[
    str, StringConstraints(to_lower=True, pattern=r"^[0-9a-fA-F]{64}$", strip_whitespace=True)
]


class RequestModel(BaseModel):
    """A request body: a member that is not known is a mistake, and said so."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponseModel(BaseModel):
    """A response body. Clients must ignore members that they do not know."""

    model_config = ConfigDict(frozen=True)


class Notice(ResponseModel):
    """Something to look at that did not stop the request."""

    code: str = Field(examples=["vin_check_digit"])
    message: str
