"""Our own tokens: whom they speak for, how they are made and believed."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from adapters.errors import ExpiredIdentityError, InvalidIdentityError
from adapters.repositories.scope import Scope
from adapters.signing_keys import KeyRing
from api.errors import ApiError, Code
from schema.enums import Role

_BELIEVED_SECONDS = 5.0
_BELIEVED_TOKENS = 10_000
_CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(frozen=True)
class Principal:
    """Whom a request speaks for, from a verified token. `token_id` names the token itself."""

    scope: Scope
    token_id: str
    expires_at: datetime


@dataclass(frozen=True)
class IssuedToken:
    """A fresh token and its end."""

    value: str
    expires_at: datetime


class Tokens:
    """Issues and reads the API's bearer tokens.

    Verifying a signature takes longer than everything else that is known of a caller, so a token
    that was believed is for `_BELIEVED_SECONDS`, as long as a key ring keeps a key that was taken
    away. Who was shut out is asked of `api.revocation` in every request all the same.
    """

    def __init__(self, keys: KeyRing, *, device_days: int, user_hours: int) -> None:
        self._keys = keys
        self._believed: dict[bytes, tuple[float, Principal]] = {}
        self._device_lifetime = timedelta(days=device_days)
        self._user_lifetime = timedelta(hours=user_hours)

    def for_device(self, org_id: UUID, device_id: UUID) -> IssuedToken:
        """Claims: sub = device_id, device_id, org_id, role device."""
        claims = {"sub": str(device_id), "device_id": str(device_id), "role": Role.DEVICE.value}
        return self._issue(org_id, claims, self._device_lifetime)

    def for_user(
        self, org_id: UUID, user_id: UUID, role: Role, site_ids: Iterable[UUID]
    ) -> IssuedToken:
        """Claims: sub = user_id, user_id, org_id, site_ids, role."""
        claims = {
            "sub": str(user_id),
            "user_id": str(user_id),
            "role": role.value,
            "site_ids": [str(site_id) for site_id in site_ids],
        }
        return self._issue(org_id, claims, self._user_lifetime)

    def read(self, token: str) -> Principal:
        """Whom the token speaks for. Raises ApiError (401) when it cannot be believed."""
        digest, now = sha256(token.encode()).digest(), time.time()
        until, principal = self._believed.get(digest, (0.0, None))
        if principal is not None and now < until:
            return principal
        principal = self._verified(token)
        if len(self._believed) >= _BELIEVED_TOKENS:
            self._believed.clear()
        until = min(now + _BELIEVED_SECONDS, principal.expires_at.timestamp())
        self._believed[digest] = until, principal
        return principal

    def _verified(self, token: str) -> Principal:
        try:
            return _principal(self._keys.verify(token))
        except ExpiredIdentityError as error:
            raise ApiError(Code.TOKEN_EXPIRED, headers=_CHALLENGE) from error
        except (InvalidIdentityError, KeyError, ValueError, TypeError) as error:
            raise ApiError(Code.TOKEN_INVALID, headers=_CHALLENGE) from error

    def public_keys(self) -> list[dict[str, str]]:
        """The keys that verify our tokens, as JWKs."""
        return self._keys.public_keys()

    def _issue(self, org_id: UUID, claims: dict[str, Any], lifetime: timedelta) -> IssuedToken:
        named = {**claims, "org_id": str(org_id), "jti": uuid4().hex}
        return IssuedToken(*self._keys.sign(named, lifetime))


def _principal(claims: dict[str, Any]) -> Principal:
    role = Role(claims["role"])
    actor_id = UUID(claims["device_id" if role is Role.DEVICE else "user_id"])
    if claims["sub"] != str(actor_id):
        raise ValueError("sub and id differ")
    sites = frozenset(UUID(site_id) for site_id in claims.get("site_ids", []))
    return Principal(
        scope=Scope(UUID(claims["org_id"]), role, actor_id, sites),
        token_id=str(claims["jti"]),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )
