"""Enrolment and sign-in. Nobody is authenticated yet, so each names its own tenant."""

from uuid import UUID, uuid4

from adapters.errors import InvalidIdentityError
from adapters.oidc import Identity, OidcVerifier
from adapters.postgres import AsyncDatabase
from adapters.repositories.devices import DeviceRepository, Enrolment
from adapters.repositories.events import EventRepository, Happening
from adapters.repositories.scope import Scope
from adapters.repositories.users import Membership, UserRepository, find_memberships
from api.auth.schemas import (
    DeviceToken,
    EnrollDevice,
    KeySet,
    Login,
    PublicKey,
    SignedInUser,
    UserToken,
)
from api.backends import Options
from api.errors import ApiError, Choice, Code
from api.principal import Tokens
from schema.enums import EntityType, Role
from schema.tables.tenancy import User

_REFUSED = {Enrolment.REVOKED: Code.DEVICE_REVOKED, Enrolment.TAKEN: Code.DEVICE_ID_TAKEN}


async def enroll_device(
    body: EnrollDevice, database: AsyncDatabase, tokens: Tokens, options: Options
) -> DeviceToken:
    """Let a device in, in one transaction: a refusal uses up no code."""
    scope = Scope(body.org_id, Role.DEVICE, body.device_id or uuid4())
    async with database.transaction(body.org_id) as db:
        devices = DeviceRepository(db, scope)
        if not await devices.organization_exists():
            raise ApiError(Code.ORGANIZATION_UNKNOWN)
        await _check_code(body, devices, options)
        outcome = await devices.enroll(body.platform, body.model, body.app_version)
        if outcome in _REFUSED:
            raise ApiError(_REFUSED[outcome])
        await EventRepository(db, scope).add(_enrolled(scope.actor_id, body, outcome))
    token = tokens.for_device(body.org_id, scope.actor_id)
    return DeviceToken(
        access_token=token.value,
        expires_at=token.expires_at,
        device_id=scope.actor_id,
        org_id=body.org_id,
    )


async def _check_code(body: EnrollDevice, devices: DeviceRepository, options: Options) -> None:
    if body.enrollment_code is None:
        if not options.open_enrollment:
            raise ApiError(Code.ENROLLMENT_CODE_REQUIRED)
    elif not await devices.use_code(body.enrollment_code):
        raise ApiError(Code.ENROLLMENT_CODE_INVALID)


def _enrolled(device_id: UUID, body: EnrollDevice, outcome: Enrolment) -> Happening:
    kind = "device.enrolled" if outcome is Enrolment.NEW else "device.reenrolled"
    said = {"platform": body.platform, "model": body.model, "app_version": body.app_version}
    return Happening(EntityType.DEVICE, device_id, kind, said)


async def login(
    body: Login, oidc: OidcVerifier, database: AsyncDatabase, tokens: Tokens
) -> UserToken:
    """Believe the identity token, find the account, bind it if need be, issue our token."""
    try:
        identity = await oidc.verify(body.id_token, body.nonce)
    except InvalidIdentityError as error:
        raise ApiError(Code.ID_TOKEN_INVALID, f"The identity token is refused: {error}.") from error
    membership = await _membership(body.org_id, identity, database)
    async with database.transaction(membership.org_id) as db:
        users = UserRepository(db, membership)
        if await users.bind(identity.issuer, identity.subject):
            await EventRepository(db, _of_user(membership)).add(
                Happening(EntityType.USER, membership.user_id, "user.bound")
            )
        user = await users.sign_in(identity.issuer, identity.subject, identity.name)
        if user is None:
            raise ApiError(Code.USER_NOT_IN_ORGANIZATION)
        site_ids = await users.site_ids()
    return _user_token(user, site_ids, tokens)


async def _membership(
    org_id: UUID | None, identity: Identity, database: AsyncDatabase
) -> Membership:
    async with database.transaction(None) as db:
        found = await find_memberships(
            db, identity.issuer, identity.subject, identity.verified_email
        )
    chosen = [one for one in found if org_id in (None, one.org_id)]
    if not chosen:
        raise ApiError(Code.USER_NOT_IN_ORGANIZATION, _why_not(org_id, identity))
    if len(chosen) > 1:
        raise ApiError(
            Code.ORGANIZATION_AMBIGUOUS,
            "Say in org_id which organization to sign in to.",
            organizations=[await _choice(one, database) for one in chosen],
        )
    return chosen[0]


def _why_not(org_id: UUID | None, identity: Identity) -> str:
    if identity.verified_email is None:
        return "The identity provider did not verify an e-mail address of this identity."
    where = "this organization" if org_id else "any organization"
    return f"The identity has no enabled account in {where}."


async def _choice(membership: Membership, database: AsyncDatabase) -> Choice:
    async with database.transaction(membership.org_id) as db:
        name = await UserRepository(db, membership).organization_name()
    return Choice(id=membership.org_id, name=name)


def _of_user(membership: Membership) -> Scope:
    # The account's role does not matter to the audit trail, only that a person acts.
    return Scope(membership.org_id, Role.OPERATOR, membership.user_id)


def _user_token(user: User, site_ids: list[UUID], tokens: Tokens) -> UserToken:
    role = Role(user.role)
    token = tokens.for_user(user.org_id, user.id, role, site_ids)
    return UserToken(
        access_token=token.value,
        expires_at=token.expires_at,
        org_id=user.org_id,
        role=role,
        site_ids=site_ids,
        user=SignedInUser(id=user.id, email=user.email, name=user.name),
    )


def key_set(tokens: Tokens) -> KeySet:
    """Our public keys."""
    return KeySet(keys=[PublicKey.model_validate(key) for key in tokens.public_keys()])
