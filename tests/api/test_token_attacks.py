"""Tokens that somebody made up or bent, sent to the running application."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from fastapi import FastAPI
from jwt.algorithms import RSAAlgorithm

from adapters.signing_keys import KeyRing, ensure_key, generate_key
from api.backends import Backends
from api.principal import Tokens
from schema.enums import Role
from tests.api.client import Api, good, problem, serve
from tests.api.conftest import AUDIENCE, ISSUER
from tests.api.world import Org

Claims = dict[str, Any]


def _in_minutes(minutes: int) -> int:
    return int((datetime.now(UTC) + timedelta(minutes=minutes)).timestamp())


class Forger:
    """Has a good token and, for claims that an issuer would not make, the key itself."""

    def __init__(self, token: str, keys: Path) -> None:
        self.token = token
        self.claims: Claims = jwt.decode(token, options={"verify_signature": False})
        self.header = jwt.get_unverified_header(token)
        self.pem = (keys / f"{self.header['kid']}.pem").read_bytes()

    def signed(self, **other: object) -> str:
        """With other claims, properly signed; None leaves one out."""
        claims = {name: said for name, said in (self.claims | other).items() if said is not None}
        return jwt.encode(claims, self.pem, "RS256", headers={"kid": self.header["kid"]})

    def headed(self, algorithm: str = "RS256", **header: object) -> str:
        """Properly signed, under a header that says something else."""
        said = {"kid": self.header["kid"], **header}
        return jwt.encode(self.claims, self.pem, algorithm, headers=said)

    def unsigned(self, algorithm: str, signature: str = "") -> str:
        """Without a signature, or with one that was made otherwise."""
        return f"{_part(self.header | {'alg': algorithm})}.{_part(self.claims)}.{signature}"

    def with_a_key_of_its_own(self) -> str:
        """Signed with a fresh key, which the token brings along."""
        private = generate_private_key(65537, 2048)
        own = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        header = {"kid": self.header["kid"], "jwk": own, "jku": "https://attacker.example/keys"}
        return jwt.encode(self.claims, private, "RS256", headers=header)

    def with_the_public_key_as_secret(self, form: serialization.PublicFormat) -> str:
        """Signed with HS256: the public key, which everybody knows, is the secret."""
        private = serialization.load_pem_private_key(self.pem, None)
        encoding = serialization.Encoding.PEM
        public = private.public_key().public_bytes(encoding, form)
        signed = f"{_part(self.header | {'alg': 'HS256'})}.{_part(self.claims)}"
        return f"{signed}.{_text(hmac.digest(public, signed.encode(), hashlib.sha256))}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _part(document: Claims) -> str:
    return _text(json.dumps(document).encode())


@pytest.fixture
def forger(api: Api, org: Org, keys_dir: Path) -> Forger:
    """Starts from an operator's token."""
    return Forger(api.token(org, Role.OPERATOR), keys_dir)


@pytest.mark.parametrize(
    "forge",
    [
        lambda f: f.unsigned("none"),
        lambda f: f.unsigned("none", f.token.rpartition(".")[2]),
        lambda f: f.unsigned("HS256", f.token.rpartition(".")[2]),
        lambda f: f.headed("RS384"),
        lambda f: f.headed("PS256"),
        lambda f: f.with_the_public_key_as_secret(serialization.PublicFormat.SubjectPublicKeyInfo),
        lambda f: f.with_the_public_key_as_secret(serialization.PublicFormat.PKCS1),
        lambda f: f.with_a_key_of_its_own(),
        lambda f: f.headed(kid="someone-else"),
        lambda f: f.headed(kid="../../../etc/passwd"),
        lambda f: jwt.encode(f.claims, f.pem, "RS256"),
        lambda f: f.signed(aud="another-api"),
        lambda f: f.signed(aud=None),
        lambda f: f.signed(iss="somebody"),
        lambda f: f.signed(nbf=_in_minutes(10)),
        lambda f: f.signed(iat=_in_minutes(10)),
        lambda f: f.signed(exp=None),
        lambda f: f.signed(role="owner"),
        lambda f: f.signed(role="device"),
        lambda f: f.signed(sub="someone-else"),
        lambda f: f.signed(org_id="everything"),
        lambda f: f.signed(site_ids=["everywhere"]),
    ],
)
async def test_a_forged_token_is_not_believed(
    api: Api, forger: Forger, forge: Callable[[Forger], str]
) -> None:
    good(await api.call("GET", "/sessions", token=forger.token))
    answer = await api.call("GET", "/sessions", token=forge(forger))
    problem(answer, 401, "token_invalid")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_clocks_may_differ_a_little(api: Api, forger: Forger) -> None:
    for token in (
        forger.signed(iat=_in_minutes(0) + 10),
        forger.signed(exp=_in_minutes(0) - 10),
        forger.signed(nbf=_in_minutes(0) + 10),
    ):
        good(await api.call("GET", "/sessions", token=token))
    expired = await api.call("GET", "/sessions", token=forger.signed(exp=_in_minutes(-2)))
    problem(expired, 401, "token_expired")


async def test_a_key_of_another_deployment(
    api: Api, org: Org, tmp_path: Path, forger: Forger
) -> None:
    ensure_key(tmp_path)
    ring = KeyRing(tmp_path, issuer=ISSUER, audience=AUDIENCE)
    foreign, _ = ring.sign(forger.claims, timedelta(hours=1))
    problem(await api.call("GET", "/sessions", token=foreign), 401, "token_invalid")


async def test_a_good_token_opens_its_own_organization_only(
    api: Api, org: Org, other: Org, forger: Forger
) -> None:
    """Even one that was signed for another organization shows nobody who is not in it."""
    session = other.session()
    for token in (forger.token, forger.signed(site_ids=[str(other.here)])):
        answer = await api.call("GET", f"/sessions/{session}", token=token)
        problem(answer, 404, "session_not_found")


async def test_two_keys_live_side_by_side(
    application: FastAPI, backends: Backends, org: Org, tmp_path: Path
) -> None:
    old = ensure_key(tmp_path)
    ring = KeyRing(tmp_path, issuer=ISSUER, audience=AUDIENCE, recheck_seconds=0)
    rotating = replace(backends, tokens=Tokens(ring, device_days=1, user_hours=1))
    async with serve(application, rotating) as api:
        tokens, unseen = [api.token(org, Role.OPERATOR)], api.token(org, Role.OPERATOR)
        new = generate_key(tmp_path)
        tokens.append(api.token(org, Role.OPERATOR))
        assert [jwt.get_unverified_header(token)["kid"] for token in tokens] == [old, new]
        for token in tokens:
            good(await api.call("GET", "/sessions", token=token))
        published = good(await api.call("GET", "/.well-known/jwks.json"))["keys"]
        assert [key["kid"] for key in published] == [new, old]
        (tmp_path / f"{old}.pem").unlink()
        good(await api.call("GET", "/.well-known/jwks.json"))
        # One that was believed a moment ago is for a few seconds; see `Tokens`.
        problem(await api.call("GET", "/sessions", token=unseen), 401, "token_invalid")
