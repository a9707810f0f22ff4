"""Identity tokens of a real issuer, and of one that we forge as we like."""

import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import ECAlgorithm

from adapters.errors import ExpiredIdentityError, InvalidIdentityError, TransientError
from adapters.oidc import Identity, OidcTrust, OidcVerifier
from devstack import sign_in
from devstack.oidc import CLIENT_ID
from tests.adapters.forged_issuer import EC_KEY, RSA_KEY, Issuer, jwk, sign


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client for the real issuer."""
    async with httpx.AsyncClient(timeout=5) as client:
        yield client


async def test_a_token_of_the_real_issuer(http: httpx.AsyncClient, oidc_issuer: str) -> None:
    subject = "jo-1"
    claims = {"email": "Jo@Example.org", "email_verified": True, "name": "Jo"}
    sign_in.put_user(oidc_issuer, subject, claims)
    token = sign_in.id_token(oidc_issuer, "jo@example.org", subject=subject, nonce="n-1")
    verifier = OidcVerifier(http, OidcTrust(oidc_issuer, [CLIENT_ID]))
    assert await verifier.verify(token, "n-1") == Identity(
        oidc_issuer, subject, "jo@example.org", "Jo"
    )
    assert (await verifier.verify(token)).subject == subject
    with pytest.raises(InvalidIdentityError, match="nonce"):
        await verifier.verify(token, "n-2")


async def test_an_address_that_was_not_verified_is_left_out(
    http: httpx.AsyncClient, oidc_issuer: str
) -> None:
    sign_in.put_user(oidc_issuer, "jo-2", {"email": "jo@example.org", "email_verified": False})
    token = sign_in.id_token(oidc_issuer, "jo@example.org", subject="jo-2")
    identity = await OidcVerifier(http, OidcTrust(oidc_issuer, [CLIENT_ID])).verify(token)
    assert identity.verified_email is None


async def test_a_token_for_another_client(http: httpx.AsyncClient, oidc_issuer: str) -> None:
    token = sign_in.id_token(oidc_issuer, "jo@example.org", client_id="another")
    with pytest.raises(InvalidIdentityError):
        await OidcVerifier(http, OidcTrust(oidc_issuer, [CLIENT_ID])).verify(token)


async def test_an_issuer_that_does_not_answer(http: httpx.AsyncClient) -> None:
    trust = OidcTrust("http://127.0.0.1:9", [CLIENT_ID])
    token = jwt.encode({"sub": "x"}, RSA_KEY, "RS256", headers={"kid": "rsa"})
    with pytest.raises(TransientError):
        await OidcVerifier(http, trust).verify(token)


@pytest.fixture
def issuer() -> Issuer:
    """One with an RSA key."""
    return Issuer()


async def test_documents_are_fetched_once(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    for _ in range(3):
        await verifier.verify(sign())
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]


async def test_an_unknown_key_makes_us_look_again_but_not_too_often(issuer: Issuer) -> None:
    new = rsa.generate_private_key(65537, 2048)
    verifier = issuer.verifier(cooldown_seconds=0)
    await verifier.verify(sign())
    issuer.keys.append(jwk("new", new.public_key()))
    await verifier.verify(sign(new, kid="new"))
    calm = issuer.verifier(cooldown_seconds=3600)
    issuer.asked.clear()
    for _ in range(3):
        with pytest.raises(InvalidIdentityError):
            await calm.verify(sign(kid="nobody's"))
    assert len(issuer.asked) == 2


async def test_old_keys_are_fetched_again(issuer: Issuer) -> None:
    verifier = issuer.verifier(keys_seconds=0)
    await verifier.verify(sign())
    issuer.keys = []
    with pytest.raises(InvalidIdentityError):
        await verifier.verify(sign())


async def test_a_token_that_names_no_key(issuer: Issuer) -> None:
    await issuer.verifier().verify(sign(kid=None))
    issuer.keys.append(jwk("other", RSA_KEY.public_key()))
    with pytest.raises(InvalidIdentityError):
        await issuer.verifier().verify(sign(kid=None))


async def test_elliptic_keys(issuer: Issuer) -> None:
    document = ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True)
    issuer.keys.append({**document, "kid": "ec", "alg": "ES256"})
    assert (await issuer.verifier().verify(sign(EC_KEY, "ES256", "ec"))).subject == "jo"


async def test_several_audiences_need_an_authorized_party(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    await verifier.verify(sign(aud=["us", "them"], azp="us"))
    await verifier.verify(sign(aud=["us-too"]))
    for other in ({"aud": ["us", "them"]}, {"aud": ["us", "them"], "azp": "them"}, {"azp": "them"}):
        with pytest.raises(InvalidIdentityError):
            await verifier.verify(sign(**other))


@pytest.mark.parametrize(
    "other",
    [
        {"iss": "https://else.example"},
        {"iss": None},
        {"aud": "them"},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a" + chr(0)},
        {"iat": None},
        {"exp": None},
        {"iat": datetime.now(UTC) + timedelta(hours=1)},
        {"nbf": datetime.now(UTC) + timedelta(hours=1)},
    ],
)
async def test_claims_that_do_not_fit(issuer: Issuer, other: dict[str, Any]) -> None:
    with pytest.raises(InvalidIdentityError):
        await issuer.verifier().verify(sign(**other))


async def test_small_clock_differences_are_forgiven(issuer: Issuer) -> None:
    now = datetime.now(UTC)
    ahead, late = now + timedelta(seconds=10), now - timedelta(seconds=10)
    for token in (sign(iat=ahead), sign(nbf=ahead), sign(exp=late)):
        assert (await issuer.verifier().verify(token)).subject == "jo"


async def test_an_expired_token(issuer: Issuer) -> None:
    with pytest.raises(ExpiredIdentityError):
        await issuer.verifier().verify(sign(exp=datetime.now(UTC) - timedelta(minutes=2)))


def _with_the_public_key_as_secret() -> str:
    public = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = base64.urlsafe_b64encode(b'{"alg": "HS256", "kid": "rsa"}').decode()
    signed = f"{header}.{sign().split('.')[1]}"
    digest = hmac.digest(public, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


async def test_algorithms_of_the_tokens_own_choice(issuer: Issuer) -> None:
    issuer.keys.append(
        {"kty": "oct", "kid": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}
    )
    secret = b"secret-secret-secret-secret-secret"
    _, payload, _ = sign().split(".")
    none = "eyJhbGciOiJub25lIiwia2lkIjoicnNhIn0"
    for token in (
        f"{none}.{payload}.",
        sign(secret, "HS256", "oct"),
        sign(secret, "HS256", "rsa"),
        _with_the_public_key_as_secret(),
        sign(EC_KEY, "ES256", "rsa"),
        sign(rsa.generate_private_key(65537, 2048)),
    ):
        with pytest.raises(InvalidIdentityError):
            await issuer.verifier().verify(token)


async def test_a_key_is_used_for_its_own_algorithm_and_purpose_only(issuer: Issuer) -> None:
    issuer.keys = [
        jwk("rs256", RSA_KEY.public_key(), alg="RS256"),
        jwk("enc", RSA_KEY.public_key(), use="enc"),
    ]
    await issuer.verifier().verify(sign(kid="rs256"))
    for token in (sign(algorithm="RS512", kid="rs256"), sign(kid="enc")):
        with pytest.raises(InvalidIdentityError):
            await issuer.verifier().verify(token)


def _elsewhere(issuer: Issuer) -> None:
    issuer.issuer = "https://else.example"


def _unencrypted(issuer: Issuer) -> None:
    issuer.jwks_uri = "http://issuer.example/keys"


def _nowhere(issuer: Issuer) -> None:
    issuer.jwks_uri = ""


@pytest.mark.parametrize("spoil", [_elsewhere, _unencrypted, _nowhere])
async def test_documents_that_cannot_be_believed(
    issuer: Issuer, spoil: Callable[[Issuer], None]
) -> None:
    spoil(issuer)
    with pytest.raises(TransientError):
        await issuer.verifier().verify(sign())


@pytest.mark.parametrize("verified", [True, "true"])
async def test_a_verified_address_is_lower_case(issuer: Issuer, verified: object) -> None:
    token = sign(email=" Jo@Example.ORG ", email_verified=verified)
    assert (await issuer.verifier().verify(token)).verified_email == "jo@example.org"


@pytest.mark.parametrize("verified", [False, "false", None, 1, "yes", []])
async def test_any_other_address_does_not_count(issuer: Issuer, verified: object) -> None:
    token = sign(email="jo@example.org", email_verified=verified)
    assert (await issuer.verifier().verify(token)).verified_email is None


@pytest.mark.parametrize("nonsense", ["", "a.b.c", "x" * 100, json.dumps({"alg": "RS256"})])
async def test_what_is_no_token(issuer: Issuer, nonsense: str) -> None:
    with pytest.raises(InvalidIdentityError):
        await issuer.verifier().verify(nonsense)
