"""The development issuer does what a portal in a browser needs."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from devstack.oidc import CLIENT_ID

VERIFIER = "v" * 64
BACK = "http://127.0.0.1/callback"


@pytest.fixture
def code(oidc_issuer: str) -> str:
    """A code of a sign-in that named its PKCE challenge."""
    challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": BACK,
        "scope": "openid email",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    answer = httpx.post(
        f"{oidc_issuer}/oauth2/authorize", params=query, data={"sub": "a@x.example"}
    )
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def _exchange(issuer: str, code: str, **members: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return httpx.post(f"{issuer}/oauth2/token", data=form | {"client_id": CLIENT_ID} | members)


def test_a_client_without_a_secret_must_prove_that_it_asked(oidc_issuer: str, code: str) -> None:
    for members in ({}, {"code_verifier": "w" * 64}):
        assert _exchange(oidc_issuer, code, **members).status_code == 400
    good = _exchange(oidc_issuer, code, code_verifier=VERIFIER)
    assert good.json()["id_token"]


def test_pages_of_other_origins_may_read_the_answers(oidc_issuer: str, code: str) -> None:
    found = httpx.get(f"{oidc_issuer}/.well-known/openid-configuration")
    token = _exchange(oidc_issuer, code, code_verifier=VERIFIER)
    for answer in (found, token):
        assert answer.headers["access-control-allow-origin"] == "*"


def test_its_pages_load_nothing_from_elsewhere(oidc_issuer: str) -> None:
    query = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": BACK}
    page = httpx.get(f"{oidc_issuer}/oauth2/authorize", params={**query, "scope": "openid"}).text
    assert "Authorize" in page
    assert "//" not in page.replace(BACK, "")
