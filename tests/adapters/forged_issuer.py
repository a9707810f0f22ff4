"""An OpenID Connect issuer whose documents and tokens are what a test says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from adapters.oidc import OidcTrust, OidcVerifier

US = "https://issuer.example"
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


class Issuer:
    """An issuer over httpx's transport interface: its documents are what a test says."""

    def __init__(self) -> None:
        self.issuer = US
        self.jwks_uri = f"{US}/keys"
        self.keys: list[dict[str, Any]] = [jwk("rsa", RSA_KEY.public_key())]
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Discovery and keys."""
        self.asked.append(request.url.path)
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json={"issuer": self.issuer, "jwks_uri": self.jwks_uri})
        return httpx.Response(200, json={"keys": self.keys})

    def verifier(self, **trust: Any) -> OidcVerifier:  # noqa: ANN401 - members of OidcTrust
        """One that believes this issuer."""
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        return OidcVerifier(client, OidcTrust(US, ["us", "us-too"], **trust))


def jwk(kid: str, public: rsa.RSAPublicKey, **other: Any) -> dict[str, Any]:  # noqa: ANN401
    """A published RSA key."""
    return {**RSAAlgorithm.to_jwk(public, as_dict=True), "kid": kid} | other


def sign(
    key: Any = RSA_KEY,  # noqa: ANN401 - private keys of several kinds
    algorithm: str = "RS256",
    kid: str | None = "rsa",
    **other: Any,  # noqa: ANN401 - claims of any type
) -> str:
    """An identity token; a claim that is None is left out."""
    now = datetime.now(UTC)
    claims = {"iss": US, "aud": "us", "sub": "jo", "iat": now, "exp": now + timedelta(hours=1)}
    kept = {name: value for name, value in (claims | other).items() if value is not None}
    return jwt.encode(kept, key, algorithm, headers={"kid": kid} if kid else {})
