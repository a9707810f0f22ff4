"""Believing identity tokens of the configured OpenID Connect issuer."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from adapters.errors import ExpiredIdentityError, InvalidIdentityError, TransientError

# Asymmetric only: with HS256 anybody who knows the public key could sign.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_REQUIRED = ["iss", "aud", "sub", "iat", "exp"]


@dataclass(frozen=True)
class Identity:
    """Who signed in: `subject` is unique and stable at `issuer`; `email` only if verified."""

    issuer: str
    subject: str
    verified_email: str | None
    name: str


@dataclass(frozen=True)
class OidcTrust:
    """Whose tokens are believed (`issuer`), if made for one of `audiences` (client ids)."""

    issuer: str
    audiences: Sequence[str]
    leeway_seconds: int = 30
    keys_seconds: float = 3600.0
    """How long fetched keys serve before they are fetched again."""
    cooldown_seconds: float = 10.0
    """How soon an unknown key id may make us fetch again."""


class OidcVerifier:
    """Checks identity tokens with the issuer's published keys, found by discovery and cached."""

    def __init__(self, http: httpx.AsyncClient, trust: OidcTrust) -> None:
        self._http = http
        self._trust = trust
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._lock = asyncio.Lock()

    async def verify(self, id_token: str, nonce: str | None = None) -> Identity:
        """Whose token this is.

        Raises:
            InvalidIdentityError: it cannot be believed; the message says why.
            TransientError: the issuer does not answer, so nobody can tell.
        """
        try:
            header = jwt.get_unverified_header(id_token)
            key = await self._key(header)
            claims = self._claims(id_token, key, str(header["alg"]))
        except jwt.ExpiredSignatureError as error:
            raise ExpiredIdentityError("the identity token has expired") from error
        except jwt.PyJWTError as error:
            raise InvalidIdentityError(str(error)) from error
        self._check_party(claims)
        if nonce is not None and claims.get("nonce") != nonce:
            raise InvalidIdentityError("the nonce is not the one of the request")
        return _identity(claims)

    def _claims(self, id_token: str, key: jwt.PyJWK, algorithm: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key.key,
            algorithms=[algorithm],
            issuer=self._trust.issuer,
            audience=list(self._trust.audiences),
            leeway=self._trust.leeway_seconds,
            options={"require": _REQUIRED},
        )
        return claims

    def _check_party(self, claims: dict[str, Any]) -> None:
        """A token for several audiences must say that it was made for us."""
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        party = claims.get("azp")
        if (several or party is not None) and party not in self._trust.audiences:
            raise InvalidIdentityError("the token was made for another client")

    async def _key(self, header: dict[str, Any]) -> jwt.PyJWK:
        if header.get("alg") not in ALGORITHMS:
            raise InvalidIdentityError(f"algorithm {header.get('alg')!r} is not accepted")
        kid = header.get("kid")
        key = await self._find(kid)
        if key is None:
            raise InvalidIdentityError("the issuer has no such key")
        _check_fit(key, str(header["alg"]))
        return key

    async def _find(self, kid: object) -> jwt.PyJWK | None:
        """The key, fetching the issuer's keys again when they are old or lack it."""
        if self._is_older_than(self._trust.keys_seconds):
            await self._refresh(self._trust.keys_seconds)
        key = self._choose(kid)
        if key is None and self._is_older_than(self._trust.cooldown_seconds):
            await self._refresh(self._trust.cooldown_seconds)
            key = self._choose(kid)
        return key

    def _choose(self, kid: object) -> jwt.PyJWK | None:
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid) if isinstance(kid, str) else None

    def _is_older_than(self, seconds: float) -> bool:
        return self._fetched_at is None or time.monotonic() - self._fetched_at >= seconds

    async def _refresh(self, seconds: float) -> None:
        async with self._lock:
            # Somebody else may have fetched them while we waited for the lock.
            if self._is_older_than(seconds):
                self._keys = await self._fetch()
                self._fetched_at = time.monotonic()

    async def _fetch(self) -> dict[str, jwt.PyJWK]:
        issuer = self._trust.issuer
        discovery = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if discovery.get("issuer") != issuer:
            raise TransientError(f"the discovery document is not of {issuer}")
        jwks_uri = str(discovery.get("jwks_uri", ""))
        if issuer.startswith("https:") and not jwks_uri.startswith("https:"):
            raise TransientError("the issuer's keys are not served over https")
        document = await self._get(jwks_uri)
        return dict(_usable(document.get("keys")))

    async def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = (await self._http.get(url)).raise_for_status()
            document = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise TransientError(f"the identity provider does not answer: {error}") from error
        if not isinstance(document, dict):
            raise TransientError("the identity provider's answer is not an object")
        return document


def _usable(documents: object) -> list[tuple[str, jwt.PyJWK]]:
    """The asymmetric signature keys; those that we do not understand are left out."""
    found: list[tuple[str, jwt.PyJWK]] = []
    for document in documents if isinstance(documents, list) else []:
        if not isinstance(document, dict) or document.get("use", "sig") != "sig":
            continue
        try:
            key = jwt.PyJWK.from_dict(document)
        except jwt.PyJWTError:
            continue
        if key.algorithm_name in ALGORITHMS:
            found.append((str(document.get("kid", "")), key))
    return found


def _check_fit(key: jwt.PyJWK, algorithm: str) -> None:
    """The token's algorithm must be of the key's family, and the one that it is declared for."""
    if key.key_type != _KEY_TYPES[algorithm[:2]]:
        raise InvalidIdentityError(f"the key is not for {algorithm}")
    declared = getattr(key, "_jwk_data", {}).get("alg")
    if declared is not None and declared != algorithm:
        raise InvalidIdentityError(f"the key is for {declared}, not for {algorithm}")


def _identity(claims: dict[str, Any]) -> Identity:
    subject = claims["sub"]
    if not _is_plain(subject):
        raise InvalidIdentityError("the token names nobody")
    # Some issuers send the boolean as a string.
    said = claims.get("email_verified")
    verified = said is True or said == "true"
    email = claims.get("email")
    return Identity(
        issuer=str(claims["iss"]),
        subject=subject,
        verified_email=str(email).strip().lower() if verified and _is_plain(email) else None,
        name=str(claims["name"]) if _is_plain(claims.get("name")) else "",
    )


def _is_plain(text: object) -> bool:
    """Whether this is a text that can be shown, and stored."""
    return isinstance(text, str) and text.isprintable() and bool(text.strip())
