"""Signing in with a real issuer's identity tokens."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from sqlalchemy import text

from devstack import sign_in
from schema.enums import Role
from schema.tables.tenancy import User, UserSiteAccess
from tests.api.client import Api, good, problem
from tests.api.world import Org


class Person:
    """Somebody known to the issuer."""

    def __init__(self, issuer: str, email: str, *, verified: bool = True) -> None:
        self.issuer = issuer
        self.email = email
        self.subject = f"subject-{uuid4().hex}"
        self.claim(verified=verified)

    def claim(self, *, email: str | None = None, verified: bool = True) -> None:
        """Let the issuer say this of the person."""
        claims = {"email": email or self.email, "email_verified": verified, "name": "Jo Doe"}
        sign_in.put_user(self.issuer, self.subject, claims)

    def id_token(self, **other: str) -> str:
        """A fresh identity token."""
        return sign_in.id_token(self.issuer, self.email, subject=self.subject, **other)


@pytest.fixture
def operator(oidc_issuer: str, org: Org) -> Person:
    """The organization's operator."""
    return Person(oidc_issuer, org.email(Role.OPERATOR))


async def _login(api: Api, person: Person, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    body = {"id_token": person.id_token(), **members}
    signed_in: dict[str, Any] = good(await api.call("POST", "/auth/login", json=body))
    return signed_in


def _change(org: Org, user: UUID, assignment: str) -> None:
    with org.database.transaction(org.id) as transaction:
        transaction.execute(text(f"UPDATE users SET {assignment} WHERE id = :id"), {"id": user})


async def test_a_person_signs_in(api: Api, org: Org, operator: Person) -> None:
    signed_in = await _login(api, operator)
    assert signed_in["org_id"] == str(org.id)
    assert signed_in["role"] == "operator"
    assert signed_in["site_ids"] == [str(org.here)]
    assert signed_in["user"] == {
        "id": str(org.users[Role.OPERATOR]),
        "email": operator.email,
        "name": "Jo Doe",
    }
    good(
        await api.call("GET", "/images", token=signed_in["access_token"], session_id=org.session())
    )


async def test_the_claims_of_a_user_token(api: Api, org: Org, operator: Person) -> None:
    token = (await _login(api, operator))["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"] == claims["user_id"] == str(org.users[Role.OPERATOR])
    assert claims["org_id"] == str(org.id)
    assert claims["site_ids"] == [str(org.here)]
    assert claims["role"] == "operator"
    assert claims["exp"] - claims["iat"] == timedelta(hours=8).total_seconds()


async def test_after_the_first_time_the_identity_counts_not_the_address(
    api: Api, org: Org, operator: Person
) -> None:
    first = await _login(api, operator)
    operator.claim(email="new@example.org", verified=False)
    assert (await _login(api, operator))["user"] == first["user"]
    thief = Person(operator.issuer, operator.email)
    answer = await api.call("POST", "/auth/login", json={"id_token": thief.id_token()})
    problem(answer, 403, "user_not_in_organization")
    with org.database.transaction(org.id) as transaction:
        kinds = transaction.execute(text("SELECT event_type FROM events")).scalars()
        assert list(kinds) == ["user.bound"]


async def test_an_address_that_was_not_verified_does_not_bind(
    api: Api, org: Org, oidc_issuer: str
) -> None:
    person = Person(oidc_issuer, org.email(Role.ADMIN), verified=False)
    answer = await api.call("POST", "/auth/login", json={"id_token": person.id_token()})
    assert "verify" in problem(answer, 403, "user_not_in_organization")["detail"]


async def test_a_stranger(api: Api, oidc_issuer: str) -> None:
    person = Person(oidc_issuer, f"{uuid4().hex}@example.org")
    answer = await api.call("POST", "/auth/login", json={"id_token": person.id_token()})
    problem(answer, 403, "user_not_in_organization")


async def test_a_disabled_person(api: Api, org: Org, operator: Person) -> None:
    await _login(api, operator)
    _change(org, org.users[Role.OPERATOR], "disabled_at = now()")
    answer = await api.call("POST", "/auth/login", json={"id_token": operator.id_token()})
    problem(answer, 403, "user_not_in_organization")


async def test_a_member_of_several_organizations_chooses(
    api: Api, org: Org, other: Org, operator: Person
) -> None:
    other.add(User(org_id=other.id, email=operator.email, role=Role.ADMIN))
    body = {"id_token": operator.id_token()}
    document = problem(
        await api.call("POST", "/auth/login", json=body), 409, "organization_ambiguous"
    )
    assert {choice["id"] for choice in document["organizations"]} == {str(org.id), str(other.id)}
    assert all(choice["name"].startswith("Motors") for choice in document["organizations"])
    here = await _login(api, operator, org_id=str(org.id))
    there = await _login(api, operator, org_id=str(other.id))
    assert (here["role"], there["role"]) == ("operator", "admin")
    assert there["site_ids"] == []
    # Bound in both by now, and still both are choices.
    problem(await api.call("POST", "/auth/login", json=body), 409, "organization_ambiguous")


async def test_an_organization_that_the_person_does_not_belong_to(
    api: Api, other: Org, operator: Person
) -> None:
    body = {"id_token": operator.id_token(), "org_id": str(other.id)}
    problem(await api.call("POST", "/auth/login", json=body), 403, "user_not_in_organization")


async def test_all_sites_are_in_the_token(api: Api, org: Org, operator: Person) -> None:
    user = org.users[Role.OPERATOR]
    org.add(UserSiteAccess(org_id=org.id, user_id=user, site_id=org.elsewhere))
    signed_in = await _login(api, operator)
    assert set(signed_in["site_ids"]) == {str(org.here), str(org.elsewhere)}


async def test_the_nonce_is_compared_when_given(api: Api, operator: Person) -> None:
    token = operator.id_token(nonce="n-1")
    good(await api.call("POST", "/auth/login", json={"id_token": token, "nonce": "n-1"}))
    answer = await api.call("POST", "/auth/login", json={"id_token": token, "nonce": "n-2"})
    problem(answer, 401, "id_token_invalid")


async def test_tokens_that_are_not_the_issuers(api: Api, org: Org, operator: Person) -> None:
    for token in (
        "nonsense",
        operator.id_token(client_id="another"),
        operator.id_token()[:-8] + "AAAAAAAA",
        api.token(org, Role.ADMIN),
    ):
        answer = await api.call("POST", "/auth/login", json={"id_token": token})
        problem(answer, 401, "id_token_invalid")


async def test_an_identity_token_is_no_token_of_ours(api: Api, operator: Person) -> None:
    answer = await api.call("GET", "/sessions", token=operator.id_token())
    problem(answer, 401, "token_invalid")
