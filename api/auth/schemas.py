"""Enrolment, sign-in and keys on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.models import Printable, RequestModel, ResponseModel
from schema.enums import Platform, Role

ShortText = Annotated[
    str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), Printable
]


class EnrollDevice(RequestModel):
    """A device that wants to join an organization, or to renew its token."""

    org_id: UUID
    platform: Platform
    model: ShortText = Field(examples=["iPhone 17 Pro"])
    app_version: ShortText = Field(examples=["1.4.0"])
    device_id: UUID | None = Field(None, description="Of an earlier enrolment, or one's own.")
    enrollment_code: (
        Annotated[str, StringConstraints(min_length=1, max_length=128), Printable] | None
    ) = Field(None, description="From an administrator of the organization.")


class DeviceToken(ResponseModel):
    """A device's bearer token."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_at: datetime
    device_id: UUID
    org_id: UUID


class Login(RequestModel):
    """The outcome of a sign-in at the identity provider."""

    id_token: Annotated[str, StringConstraints(min_length=1, max_length=16_384), Printable]
    org_id: UUID | None = Field(None, description="Which one, for members of several.")
    nonce: Annotated[str, StringConstraints(min_length=1, max_length=255), Printable] | None = (
        Field(None, description="What the authorization request said; compared when given.")
    )


class SignedInUser(ResponseModel):
    """The person whom a token speaks for."""

    id: UUID
    email: str
    name: str


class UserToken(ResponseModel):
    """A person's bearer token, and what it allows."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_at: datetime
    org_id: UUID
    role: Role
    site_ids: list[UUID] = Field(description="The person's sites; an admin sees all anyway.")
    user: SignedInUser


class PublicKey(ResponseModel):
    """A public RSA key (RFC 7517)."""

    kty: Literal["RSA"] = "RSA"
    use: Literal["sig"] = "sig"
    alg: Literal["RS256"] = "RS256"
    kid: str
    n: str
    e: str


class KeySet(ResponseModel):
    """The keys that our tokens can be verified with."""

    keys: list[PublicKey]
