"""A real, signed id_token from the development issuer, without a browser.

This is the authorization-code flow as a portal does it: ask for the sign-in page, choose the user
there, follow the redirect back, exchange the code. The issuer believes whoever asks.
"""

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import httpx

from devstack.oidc import CLIENT_ID

_BACK = "http://127.0.0.1/callback"


def id_token(
    issuer: str,
    email: str,
    *,
    nonce: str | None = None,
    client_id: str = CLIENT_ID,
    subject: str | None = None,
) -> str:
    """The id_token of the user whose subject is `subject` (their e-mail address by default).

    A user the issuer does not know is made on the spot, with that e-mail address, not verified.
    Raises httpx.HTTPError when the issuer refuses or is not there.
    """
    with httpx.Client(base_url=issuer, timeout=10) as http:
        code = _authorize(http, subject or email, client_id, nonce)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK}
        form |= {"client_id": client_id, "client_secret": "none"}
        answer = http.post("/oauth2/token", data=form).raise_for_status()
        return str(answer.json()["id_token"])


def put_user(issuer: str, subject: str, claims: Mapping[str, object]) -> None:
    """Make or replace the user `subject` at the issuer, e.g. with `email_verified: False`."""
    with httpx.Client(base_url=issuer, timeout=10) as http:
        http.put(f"/users/{subject}", json=dict(claims)).raise_for_status()


def _authorize(http: httpx.Client, subject: str, client_id: str, nonce: str | None) -> str:
    """Choose the user on the sign-in page; the code comes back in the redirect."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": _BACK,
        "scope": "openid profile email",
        "state": secrets.token_urlsafe(8),
    }
    if nonce is not None:
        query["nonce"] = nonce
    answer = http.post("/oauth2/authorize", params=query, data={"sub": subject})
    if not answer.is_redirect:
        raise httpx.HTTPStatusError("no redirect", request=answer.request, response=answer)
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
