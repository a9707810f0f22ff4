"""POST /auth/device, POST /auth/login, GET /.well-known/jwks.json."""

from fastapi import APIRouter

from api.auth import service
from api.auth.schemas import DeviceToken, EnrollDevice, KeySet, Login, UserToken
from api.deps import PUBLIC, Parts
from api.errors import Code, problems
from api.limited import ENROLMENTS

router = APIRouter(tags=["auth"])


@router.post(
    "/auth/device",
    dependencies=[PUBLIC, ENROLMENTS],
    responses=problems(
        Code.ORGANIZATION_UNKNOWN,
        Code.ENROLLMENT_CODE_REQUIRED,
        Code.ENROLLMENT_CODE_INVALID,
        Code.DEVICE_ID_TAKEN,
        Code.DEVICE_REVOKED,
        Code.RATE_LIMITED,
    ),
)
async def enroll_device(body: EnrollDevice, parts: Parts) -> DeviceToken:
    """Enrol a device, or renew the token of one that is enrolled.

    Both need an enrolment code of the organization, unless the deployment allows open enrolment:
    knowing the ids must not be enough. A device that was revoked stays out. The token is good for
    30 days. An address may ask 100 times a minute.
    """
    return await service.enroll_device(body, parts.database, parts.tokens, parts.options)


@router.post(
    "/auth/login",
    dependencies=[PUBLIC],
    responses=problems(
        Code.ID_TOKEN_INVALID, Code.USER_NOT_IN_ORGANIZATION, Code.ORGANIZATION_AMBIGUOUS
    ),
)
async def login(body: Login, parts: Parts) -> UserToken:
    """Exchange an identity token of the configured OpenID Connect issuer for one of ours.

    The first sign-in binds the identity (issuer and subject) to the user with the same verified
    e-mail address; after that the address does not matter. Who belongs to several organizations
    names one in `org_id`; without it the answer is 409 with the choices. The token is good for
    8 hours.
    """
    return await service.login(body, parts.oidc, parts.database, parts.tokens)


@router.get("/.well-known/jwks.json", dependencies=[PUBLIC])
async def jwks(parts: Parts) -> KeySet:
    """The public keys of our tokens, the one that signs now first."""
    return service.key_set(parts.tokens)
