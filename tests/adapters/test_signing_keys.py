"""Our own tokens' keys: rotation, and tokens that must not be believed."""

import base64
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import RSAAlgorithm

from adapters.errors import AdapterError, ExpiredIdentityError, InvalidIdentityError
from adapters.signing_keys import KeyRing, ensure_key, generate_key

HOUR = timedelta(hours=1)


def _ring(directory: Path, issuer: str = "us", audience: str = "api") -> KeyRing:
    return KeyRing(directory, issuer=issuer, audience=audience, recheck_seconds=0)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """A ring with one key."""
    ensure_key(tmp_path)
    return _ring(tmp_path)


def _kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def test_what_was_signed_is_believed(ring: KeyRing) -> None:
    token, expires_at = ring.sign({"sub": "me", "role": "device"}, HOUR)
    claims = ring.verify(token)
    assert claims["sub"] == "me"
    assert claims["role"] == "device"
    assert claims["exp"] == expires_at.timestamp()
    assert claims["exp"] - claims["iat"] == HOUR.total_seconds()


def test_the_first_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "keys"
    kid = ensure_key(directory)
    assert ensure_key(directory) == kid
    file = directory / f"{kid}.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_new_key_signs_at_once_and_the_old_one_still_verifies(tmp_path: Path) -> None:
    old_kid = ensure_key(tmp_path)
    ring = _ring(tmp_path)
    old, _ = ring.sign({"sub": "me"}, HOUR)
    new_kid = generate_key(tmp_path)
    new, _ = ring.sign({"sub": "me"}, HOUR)
    assert (_kid(old), _kid(new)) == (old_kid, new_kid)
    assert ring.verify(old)["sub"] == ring.verify(new)["sub"] == "me"
    assert [key["kid"] for key in ring.public_keys()] == [new_kid, old_kid]


def test_another_process_learns_of_a_new_key_from_its_first_token(tmp_path: Path) -> None:
    ensure_key(tmp_path)
    reader = _ring(tmp_path)
    generate_key(tmp_path)
    token, _ = _ring(tmp_path).sign({"sub": "me"}, HOUR)
    assert reader.verify(token)["sub"] == "me"


def test_a_key_that_was_taken_away_is_not_believed(tmp_path: Path) -> None:
    old_kid = ensure_key(tmp_path)
    ring = _ring(tmp_path)
    token, _ = ring.sign({"sub": "me"}, HOUR)
    generate_key(tmp_path)
    (tmp_path / f"{old_kid}.pem").unlink()
    ring.public_keys()
    with pytest.raises(InvalidIdentityError):
        ring.verify(token)


def test_the_published_keys_verify_our_tokens(ring: KeyRing) -> None:
    token, _ = ring.sign({"sub": "me"}, HOUR)
    (published,) = ring.public_keys()
    assert set(published) == {"kty", "kid", "n", "e"}
    public = RSAAlgorithm.from_jwk(json.dumps(published))
    assert jwt.decode(token, public, algorithms=["RS256"], audience="api")["sub"] == "me"  # type: ignore[arg-type]


def _claims(**other: Any) -> dict[str, Any]:  # noqa: ANN401 - claims of any type
    now = datetime.now(UTC)
    claims = {"iss": "us", "aud": "api", "sub": "me", "iat": now, "exp": now + HOUR} | other
    return {name: value for name, value in claims.items() if value is not None}


def _private(directory: Path) -> bytes:
    (file,) = directory.glob("*.pem")
    return file.read_bytes()


def _signed(directory: Path, claims: dict[str, Any], **header: Any) -> str:  # noqa: ANN401
    (file,) = directory.glob("*.pem")
    named = {"kid": file.stem} | header
    return jwt.encode(claims, file.read_bytes(), "RS256", headers=named)


def test_small_clock_differences_are_forgiven(ring: KeyRing, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    ahead = _claims(iat=now + timedelta(seconds=10))
    late = _claims(exp=now - timedelta(seconds=10))
    for claims in (ahead, late):
        assert ring.verify(_signed(tmp_path, claims))["sub"] == "me"


def test_an_expired_token_is_told_apart(ring: KeyRing, tmp_path: Path) -> None:
    with pytest.raises(ExpiredIdentityError):
        ring.verify(_signed(tmp_path, _claims(exp=datetime.now(UTC) - timedelta(minutes=2))))


@pytest.mark.parametrize(
    "other",
    [
        {"aud": "else"},
        {"aud": None},
        {"iss": "them"},
        {"iss": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"iat": datetime.now(UTC) + timedelta(hours=2), "exp": datetime.now(UTC) + 3 * HOUR},
        {"nbf": datetime.now(UTC) + timedelta(hours=2)},
    ],
)
def test_claims_that_do_not_fit(ring: KeyRing, tmp_path: Path, other: dict[str, Any]) -> None:
    with pytest.raises(InvalidIdentityError):
        ring.verify(_signed(tmp_path, _claims(**other)))


def _part(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def _hs256_with_the_public_key(header: dict[str, Any], payload: str, key: bytes) -> str:
    import hashlib
    import hmac

    signed = f"{_part(header)}.{payload}"
    digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def test_algorithms_of_the_tokens_own_choice(ring: KeyRing, tmp_path: Path) -> None:
    token, _ = ring.sign({"sub": "me"}, HOUR)
    payload = token.split(".")[1]
    private = serialization.load_pem_private_key(_private(tmp_path), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"typ": "JWT", "kid": _kid(token)}
    forged = [
        f"{_part(header | {'alg': 'none'})}.{payload}.",
        f"{_part(header | {'alg': 'None'})}.{payload}.",
        _hs256_with_the_public_key(header | {"alg": "HS256"}, payload, public),
        jwt.encode(_claims(), _private(tmp_path), "RS512", headers=header),
        jwt.encode(_claims(), _private(tmp_path), "PS256", headers=header),
        jwt.encode(_claims(), ec.generate_private_key(ec.SECP256R1()), "ES256", headers=header),
    ]
    for one in forged:
        with pytest.raises(InvalidIdentityError):
            ring.verify(one)


def test_keys_of_the_tokens_own_choice(ring: KeyRing, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    ensure_key(elsewhere)
    foreign, _ = _ring(elsewhere).sign({"sub": "me"}, HOUR)
    own_kid = {"kid": next(tmp_path.glob("*.pem")).stem}
    for token in (
        foreign,
        jwt.encode(_claims(), _private(elsewhere), "RS256", headers=own_kid),
        jwt.encode(_claims(), _private(tmp_path), "RS256"),
        _signed(tmp_path, _claims(), kid="../../etc/passwd"),
    ):
        with pytest.raises(InvalidIdentityError):
            ring.verify(token)


@pytest.mark.parametrize("nonsense", ["", "a", "a.b", "a.b.c", "é.é.é", "." * 4000])
def test_what_is_no_token(ring: KeyRing, nonsense: str) -> None:
    with pytest.raises(InvalidIdentityError):
        ring.verify(nonsense)


def test_a_changed_token(ring: KeyRing) -> None:
    token, _ = ring.sign({"sub": "me", "role": "operator"}, HOUR)
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    with pytest.raises(InvalidIdentityError):
        ring.verify(f"{header}.{_part(claims | {'role': 'admin'})}.{signature}")


@pytest.mark.parametrize("content", [None, b"no key", b""])
def test_a_directory_without_a_usable_key(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.pem").write_bytes(content)
    with pytest.raises(AdapterError):
        _ring(tmp_path)


def test_a_bad_file_does_not_stop_a_running_ring(ring: KeyRing, tmp_path: Path) -> None:
    (tmp_path / "99999999-bad.pem").write_bytes(b"no key")
    token, _ = ring.sign({"sub": "me"}, HOUR)
    assert ring.verify(token)["sub"] == "me"


def test_a_key_of_another_kind(tmp_path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "a.pem").write_bytes(pem)
    with pytest.raises(AdapterError, match="not an RSA key"):
        _ring(tmp_path)
