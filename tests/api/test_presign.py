"""Presigning, against a real object store."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from adapters.ports import ObjectStore
from adapters.s3 import AwsAccess, S3ObjectStore
from devstack.aws import ObjectStore as Bucket
from schema.enums import CaptureMode, Role
from schema.keys import parse_key
from tests.api.client import MAX_UPLOAD_BYTES, Api, good, problem
from tests.api.world import Org

DATA = b"\xff\xd8\xff picture"


@pytest.fixture(scope="module")
def store(object_store: Bucket) -> ObjectStore:
    """The real one, with the rights that the API has in production."""
    keys = object_store.keys["presigner"]
    access = AwsAccess(
        region="eu-central-1",
        endpoint_url=object_store.account.endpoint,
        access_key_id=keys.access_key_id,
        secret_access_key=keys.secret_access_key,
        connections=1,
    )
    return S3ObjectStore(access, object_store.bucket)


def _body(session: UUID, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of any type
    return {
        "session_id": str(session),
        "file_name": "IMG_0001.JPG",
        "content_type": "image/jpeg",
        "content_sha256": hashlib.sha256(DATA).hexdigest(),
        "angle_deg": 0,
    } | members


async def _presign(api: Api, org: Org, session: UUID, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    body = _body(session, **members)
    answer: dict[str, Any] = good(
        await api.call("POST", "/presign", of=org, role=Role.DEVICE, json=body)
    )
    return answer


async def _put(signed: dict[str, Any], data: bytes, **other: str) -> int:
    async with httpx.AsyncClient() as http:
        headers = signed["headers"] | other
        return (await http.put(signed["upload_url"], content=data, headers=headers)).status_code


async def test_a_file_is_sent_with_the_headers_given(
    api: Api, org: Org, object_store: Bucket
) -> None:
    session = org.session()
    signed = await _presign(api, org, session, size=len(DATA))
    assert signed["status"] == "send"
    assert signed["method"] == "PUT"
    assert await _put(signed, DATA) == 200
    s3 = object_store.account.s3()
    stored = s3.get_object(Bucket=object_store.bucket, Key=signed["storage_key"])
    assert stored["Body"].read() == DATA
    assert stored["Metadata"]["upload-id"] == signed["upload_id"]
    tags = s3.get_object_tagging(Bucket=object_store.bucket, Key=signed["storage_key"])["TagSet"]
    assert {"Key": "session", "Value": str(session)} in tags


async def test_other_bytes_are_refused_by_the_store(api: Api, org: Org) -> None:
    signed = await _presign(api, org, org.session())
    assert await _put(signed, b"something else") in (400, 403)


async def test_the_key_says_where_the_file_belongs(api: Api, org: Org) -> None:
    session = org.session()
    signed = await _presign(api, org, session, content_type="image/heic")
    key = parse_key(signed["storage_key"])
    assert key is not None
    assert (key.org_id, key.site_id, key.session_id) == (org.id, org.here, session)
    assert str(key.upload_id) == signed["upload_id"]
    assert key.extension == "heic"
    left = datetime.fromisoformat(signed["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=13) < left <= timedelta(minutes=15)


async def test_asking_again_gives_the_same_upload(api: Api, org: Org) -> None:
    session = org.session()
    first = await _presign(api, org, session)
    again = await _presign(
        api, org, session, size=9, content_sha256=_body(session)["content_sha256"].upper()
    )
    assert again["upload_id"] == first["upload_id"]
    assert again["storage_key"] == first["storage_key"]
    assert again["expires_at"] > first["expires_at"]
    assert again["headers"]["Content-Length"] == "9"


async def test_a_reshoot_and_another_slot_are_new_uploads(api: Api, org: Org) -> None:
    session = org.session()
    ids = {
        (await _presign(api, org, session, **members))["upload_id"]
        for members in ({}, {"content_sha256": "ab" * 32}, {"angle_deg": 15})
    }
    assert len(ids) == 3


async def test_phones_that_ask_at_once_get_one_upload(api: Api, org: Org) -> None:
    session = org.session()
    answers = await asyncio.gather(*(_presign(api, org, session) for _ in range(12)))
    assert len({answer["upload_id"] for answer in answers}) == 1
    with org.database.transaction(org.id) as transaction:
        count = transaction.execute(
            text("SELECT count(*) FROM uploads WHERE session_id = :session"), {"session": session}
        ).scalar_one()
    assert count == 1


def _arrived(org: Org, upload: UUID) -> None:
    with org.database.transaction(org.id) as transaction:
        transaction.execute(
            text("UPDATE uploads SET arrived_at = now() WHERE id = :id"), {"id": upload}
        )


async def test_one_finished_picture_makes_no_other_stored(api: Api, org: Org) -> None:
    org.image(org.session())
    assert (await _presign(api, org, org.session()))["status"] == "send"


async def test_what_is_stored_need_not_be_sent(api: Api, org: Org) -> None:
    session = org.session()
    first = await _presign(api, org, session)
    _arrived(org, UUID(first["upload_id"]))
    again = await _presign(api, org, session)
    assert again == {
        "upload_id": first["upload_id"],
        "status": "stored",
        "method": "PUT",
        "upload_url": None,
        "headers": {},
        "storage_key": first["storage_key"],
        "expires_at": None,
    }


async def test_a_file_that_is_there_before_its_event_is_not_replaced(api: Api, org: Org) -> None:
    session = org.session()
    assert await _put(await _presign(api, org, session), DATA) == 200
    assert await _put(await _presign(api, org, session), DATA) == 412


async def test_named_shots(api: Api, org: Org) -> None:
    for mode in (CaptureMode.STILLS, CaptureMode.STUDIO360):
        session = org.session(mode=mode)
        signed = await _presign(api, org, session, angle_deg=None, shot_name="front_3q")
        assert "slot=front_3q" in signed["headers"]["x-amz-tagging"]


async def test_a_frame_of_a_spin_needs_its_angle(api: Api, org: Org) -> None:
    body = _body(org.session(), angle_deg=None)
    problem(await api.call("POST", "/presign", of=org, json=body), 400, "slot_required")
    still = _body(org.session(mode=CaptureMode.STILLS), angle_deg=None)
    good(await api.call("POST", "/presign", of=org, json=still))


async def test_an_angle_or_a_name_not_both(api: Api, org: Org) -> None:
    body = _body(org.session(), shot_name="front")
    problem(await api.call("POST", "/presign", of=org, json=body), 400, "slot_ambiguous")


async def test_a_file_that_is_too_large(api: Api, org: Org) -> None:
    session = org.session()
    body = _body(session, size=MAX_UPLOAD_BYTES + 1)
    problem(await api.call("POST", "/presign", of=org, json=body), 400, "file_too_large")
    good(await api.call("POST", "/presign", of=org, json=body | {"size": MAX_UPLOAD_BYTES}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"content_type": "image/png"},
        {"content_sha256": "abc"},
        {"angle_deg": 360},
        {"angle_deg": -1},
        {"angle_deg": 1.5},
        {"size": -1},
        {"file_name": ""},
        {"shot_name": "Front Left", "angle_deg": None},
        {"surprise": 1},
        {"session_id": "x"},
    ],
)
async def test_a_request_that_is_not_valid(api: Api, org: Org, wrong: dict[str, Any]) -> None:
    answer = await api.call("POST", "/presign", of=org, json=_body(uuid4(), **wrong))
    document = problem(answer, 400, "invalid_request")
    assert document["errors"][0]["field"] == f"body.{next(iter(wrong))}"


@pytest.mark.parametrize("status", ["completed", "abandoned"])
async def test_a_session_must_be_active(api: Api, org: Org, status: str) -> None:
    session = org.session(status=status, opened_by=Role.ADMIN)
    answer = await api.call("POST", "/presign", of=org, role=Role.DEVICE, json=_body(session))
    problem(answer, 409, "session_not_active")


async def test_an_empty_file_may_be_promised(api: Api, org: Org) -> None:
    """The pipeline gives it a verdict like any other file."""
    empty = hashlib.sha256(b"").hexdigest()
    signed = await _presign(api, org, org.session(), size=0, content_sha256=empty)
    assert await _put(signed, b"") == 200


async def test_a_session_that_the_caller_cannot_see(api: Api, org: Org, other: Org) -> None:
    for session in (other.session(), org.session(org.elsewhere), uuid4()):
        answer = await api.call("POST", "/presign", of=org, role=Role.OPERATOR, json=_body(session))
        problem(answer, 404, "session_not_found")
