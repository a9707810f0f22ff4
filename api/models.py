"""What request and response models have in common."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def _printable(text: str) -> str:
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise ValueError("control characters are not allowed")
    return text


Printable = AfterValidator(_printable)
"""For free text: PostgreSQL cannot store NUL, and nobody needs the others."""
ShotName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,63}$")]
AngleDeg = Annotated[int, Field(ge=0, le=359, description="Whole degrees, clockwise from front.")]
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
