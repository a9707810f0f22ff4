"""The shared fixtures give what they promise."""

import httpx
import jwt
import psycopg
import pytest
from temporalio.client import Client

from devstack.aws import ObjectStore
from devstack.sign_in import id_token, put_user
from devstack.testing.databases import Database, PostgresServer
from devstack.testing.servers import TemporalServer


def test_the_database_server_answers(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.admin) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_database_is_migrated_and_the_roles_can_log_in(database: Database) -> None:
    for url in (database.owner, database.api, database.worker):
        with psycopg.connect(Database.libpq(url)) as connection:
            row = connection.execute("select to_regclass('images') is not null").fetchone()
            assert row == (True,)


def test_two_stores_know_nothing_of_each_other(object_store: ObjectStore) -> None:
    s3 = object_store.account.s3()
    assert s3.list_objects_v2(Bucket=object_store.bucket)["KeyCount"] == 0


async def test_temporal_answers(temporal_server: TemporalServer) -> None:
    client = await Client.connect(temporal_server.address, namespace=temporal_server.namespace)
    assert [run async for run in client.list_workflows("SessionId = 'none'")] == []


def test_an_id_token_is_signed_and_says_who(oidc_issuer: str) -> None:
    token = id_token(oidc_issuer, "admin@demo-motors.example", nonce="n-1")
    keys = jwt.PyJWKClient(f"{oidc_issuer}/jwks")
    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=["RS256"],
        audience="imaging360-portal",
        issuer=oidc_issuer,
    )
    assert claims["email"] == "admin@demo-motors.example"
    assert claims["email_verified"] is True
    assert claims["nonce"] == "n-1"


def test_a_user_may_have_any_claims(oidc_issuer: str) -> None:
    put_user(oidc_issuer, "s-7", {"email": "someone@else.example", "email_verified": False})
    token = id_token(oidc_issuer, "ignored", subject="s-7")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["sub"], claims["email_verified"]) == ("s-7", False)


def test_an_absent_issuer_is_an_http_error() -> None:
    with pytest.raises(httpx.HTTPError):
        id_token("http://127.0.0.1:9", "nobody@nowhere.example")
