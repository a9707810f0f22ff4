"""The RS256 keys of our own tokens: PEM files in one directory, rotated by adding a file.

A file's stem is the key's id. Every key verifies; the one with the greatest name signs, and
generated names begin with the time in UTC, so a new key takes over as soon as it is there.
Names, not modification times: those change when a directory is copied or mounted. To retire a
key, delete its file once the last token that it signed has expired.
"""

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from jwt.algorithms import RSAAlgorithm

from adapters.errors import AdapterError, ExpiredIdentityError, InvalidIdentityError

ALGORITHM = "RS256"
_BITS = 2048
_REQUIRED = ["iss", "aud", "sub", "iat", "exp"]
_log = structlog.get_logger("adapters.signing_keys")


def generate_key(directory: Path) -> str:
    """Add a key, which signs from now on; gives its id. The file is for its owner only."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    kid = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}"
    pem = generate_private_key(65537, _BITS).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # Written beside its place and renamed: a running API never reads half a key.
    partial = directory / f".{kid}.partial"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    partial.rename(directory / f"{kid}.pem")
    return kid


def ensure_key(directory: Path) -> str:
    """The id of the key that signs; makes the first key when there is none."""
    files = sorted(directory.glob("*.pem"))
    return files[-1].stem if files else generate_key(directory)


@dataclass(frozen=True)
class Pair:
    """A key and its public half."""

    private: RSAPrivateKey
    public: RSAPublicKey


class KeyRing:
    """Signs and verifies our tokens; notices added and removed keys while it runs.

    Raises `AdapterError` when the directory holds no key, or something else than RSA keys.
    """

    def __init__(
        self,
        directory: Path,
        *,
        issuer: str,
        audience: str,
        leeway_seconds: int = 30,
        recheck_seconds: float = 5.0,
    ) -> None:
        self._directory = directory
        self._issuer = issuer
        self._audience = audience
        self._leeway = leeway_seconds
        self._recheck_seconds = recheck_seconds
        self._listing: tuple[tuple[str, int], ...] = ()
        self._pairs: dict[str, Pair] = {}
        self._checked_at = 0.0
        self._check()

    def sign(self, claims: Mapping[str, Any], lifetime: timedelta) -> tuple[str, datetime]:
        """A token with `claims` and ours (iss, aud, iat, exp), and when it expires."""
        self._check_if_due()
        kid = max(self._pairs)
        issued_at = datetime.now(UTC).replace(microsecond=0)
        expires_at = issued_at + lifetime
        payload = {
            **claims,
            "iss": self._issuer,
            "aud": self._audience,
            "iat": issued_at,
            "exp": expires_at,
        }
        private = self._pairs[kid].private
        return jwt.encode(payload, private, ALGORITHM, headers={"kid": kid}), expires_at

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a token of ours.

        Raises:
            ExpiredIdentityError: it was good once.
            InvalidIdentityError: it is not ours, not for us, or not yet valid.
        """
        try:
            public = self._public(jwt.get_unverified_header(token).get("kid"))
            # The algorithm is ours to choose: a token's own word for it is never believed.
            claims: dict[str, Any] = jwt.decode(
                token,
                public,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                leeway=self._leeway,
                options={"require": _REQUIRED},
            )
        except jwt.ExpiredSignatureError as error:
            raise ExpiredIdentityError(str(error)) from error
        except jwt.PyJWTError as error:
            raise InvalidIdentityError(str(error)) from error
        return claims

    def public_keys(self) -> list[dict[str, str]]:
        """Every key's public half as a JWK (kty, kid, n, e), the signing one first."""
        self._check_if_due()
        newest_first = sorted(self._pairs, reverse=True)
        return [_jwk(kid, self._pairs[kid].public) for kid in newest_first]

    def _public(self, kid: object) -> RSAPublicKey:
        if not isinstance(kid, str):
            raise InvalidIdentityError("the token names no key")
        if kid not in self._pairs:
            self._check_if_due()
        pair = self._pairs.get(kid)
        if pair is None:
            raise InvalidIdentityError("the token was signed with a key that is not ours")
        return pair.public

    def _check_if_due(self) -> None:
        if time.monotonic() - self._checked_at < self._recheck_seconds:
            return
        try:
            self._check()
        except (AdapterError, OSError) as error:
            # A bad file must not stop a service that has good keys in hand.
            _log.warning("signing_keys.unusable", reason=str(error))

    def _check(self) -> None:
        """Read the directory again if its listing changed."""
        self._checked_at = time.monotonic()
        files = sorted(self._directory.glob("*.pem"))
        listing = tuple((file.name, file.stat().st_mtime_ns) for file in files)
        if not files:
            raise AdapterError(f"no signing key in {self._directory}")
        if listing == self._listing:
            return
        self._pairs = {file.stem: _read(file) for file in files}
        self._listing = listing


def _read(file: Path) -> Pair:
    try:
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise AdapterError(f"{file.name} is not a private key in PEM form") from error
    if not isinstance(private, RSAPrivateKey):
        raise AdapterError(f"{file.name} is not an RSA key")
    return Pair(private, private.public_key())


def _jwk(kid: str, public: RSAPublicKey) -> dict[str, str]:
    numbers = RSAAlgorithm.to_jwk(public, as_dict=True)
    return {"kty": "RSA", "kid": kid, "n": str(numbers["n"]), "e": str(numbers["e"])}
