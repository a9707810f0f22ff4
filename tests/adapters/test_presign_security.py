"""A presigned PUT is good for one object, once, in time, from whoever has exactly its headers.

Everything else is refused and leaves nothing behind. Two stores are asked that share no code, so
that a refusal is no whim of one; where one is laxer than AWS documents, `LAXER` says so and why.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from adapters import presigned
from adapters.ports import PutTerms
from adapters.s3 import AwsAccess, S3ObjectStore
from devstack.aws import ObjectStore as Bootstrapped
from devstack.testing.attempt import Attempt

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PHOTO = b"the photo"
OTHER = b"the foto!"
assert len(PHOTO) == len(OTHER)


@dataclass(frozen=True)
class Store:
    """A bucket, the one who signs for it, and the administrator who looks into it."""

    name: str
    bucket: str
    signer: S3ObjectStore
    admin: "S3Client"

    def promise(self, seconds: int = 60) -> tuple[str, Attempt]:
        """A folder of its own, and the PUT that is allowed in it."""
        folder = f"org/{uuid4()}/"
        terms = PutTerms(
            key=f"{folder}photo.jpg",
            content_type="image/jpeg",
            sha256_hex=hashlib.sha256(PHOTO).hexdigest(),
            size=len(PHOTO),
            metadata={"upload-id": "f3b5"},
            tags={"session": "a1", "mode": "studio360"},
        )
        signed = self.signer.presign_put(terms, seconds)
        return folder, Attempt(signed.url, dict(signed.headers), PHOTO)

    def stored(self, folder: str) -> dict[str, bytes]:
        """What there is in the folder, by key."""
        found = self.admin.list_objects_v2(Bucket=self.bucket, Prefix=folder).get("Contents", [])
        get = self.admin.get_object
        return {o["Key"]: get(Bucket=self.bucket, Key=o["Key"])["Body"].read() for o in found}


@pytest.fixture(scope="module", params=["ministack", "seaweedfs"])
def store(request: pytest.FixtureRequest) -> Store:
    fixture = {"ministack": "object_store", "seaweedfs": "seaweed_store"}[request.param]
    made: Bootstrapped = request.getfixturevalue(fixture)
    keys = made.keys["presigner"]
    access = AwsAccess(
        region=made.account.region,
        endpoint_url=made.account.endpoint,
        access_key_id=keys.access_key_id,
        secret_access_key=keys.secret_access_key,
    )
    signer = S3ObjectStore(access, made.bucket)
    return Store(request.param, made.bucket, signer, made.account.s3())


def _checksum(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _flipped(text: str) -> str:
    return ("0" if text[0] != "0" else "1") + text[1:]


def _without_type(signed_headers: str) -> str:
    return ";".join(name for name in signed_headers.split(";") if name != "content-type")


def _with(name: str, value: str | None) -> "Change":
    return lambda put: put.header(name, value)


Change = Callable[[Attempt], Attempt]
SIGNED = {
    "Content-Type": "text/html",
    "If-None-Match": '"0f0f"',
    "x-amz-checksum-sha256": _checksum(OTHER),
    "x-amz-tagging": "session=b2&mode=studio360",
    "x-amz-meta-upload-id": "0000",
}
# AWS: "There were headers present in the request which were not signed", 403.
UNSIGNED = {
    "x-amz-acl": "public-read",
    "x-amz-meta-other": "smuggled",
    "x-amz-storage-class": "STANDARD_IA",
    "x-amz-website-redirect-location": "http://elsewhere.example/",
}
FORGED: dict[str, Change] = {
    "signature tampered": lambda put: put.query("X-Amz-Signature", _flipped),
    "signature missing": lambda put: put.query("X-Amz-Signature", lambda _: None),
    "longer expiry": lambda put: put.query("X-Amz-Expires", lambda _: "3600"),
    "later date": lambda put: put.query("X-Amz-Date", lambda d: d[:-3] + _flipped(d[-3:])),
    "other user": lambda put: put.query("X-Amz-Credential", lambda c: f"root/{c.split('/', 1)[1]}"),
    "other region": lambda put: put.query(
        "X-Amz-Credential", lambda c: c.replace("eu-central-1", "us-east-1")
    ),
    "type taken off the list": lambda put: put.query("X-Amz-SignedHeaders", _without_type),
    "a parameter more": lambda put: put.query("versionId", lambda _: "null"),
    "tagging instead": lambda put: put.query("tagging", lambda _: ""),
    "other key": lambda put: put.path(lambda path: path.replace("photo", "another")),
    "other suffix": lambda put: put.path(lambda path: f"{path}.heic"),
    "other bucket": lambda put: put.path(lambda path: f"/other{path}"),
    "other host": lambda put: put.header("Host", "elsewhere.example"),
    "anonymous": lambda put: replace(put, url=put.url.split("?", 1)[0]),
    "anonymous, bare": lambda put: Attempt(
        put.url.split("?", 1)[0], {"Content-Length": "9"}, PHOTO
    ),
    **{f"{name} changed": _with(name, value) for name, value in SIGNED.items()},
    **{f"{name} missing": _with(name, None) for name in SIGNED},
    "other bytes": lambda put: put.sending(OTHER),
    "other bytes and their checksum": lambda put: put.sending(OTHER).header(
        "x-amz-checksum-sha256", _checksum(OTHER)
    ),
    "longer": lambda put: put.sending(PHOTO + b"!"),
    "shorter": lambda put: put.sending(PHOTO[:-1]),
    "empty": lambda put: put.sending(b""),
    "length not said": lambda put: (
        replace(put, body=b"9\r\nthe photo\r\n0\r\n\r\n")
        .header("Content-Length", None)
        .header("Transfer-Encoding", "chunked")
    ),
    **{f"unsigned {name}": _with(name, value) for name, value in UNSIGNED.items()},
}
# The emulator's word is not AWS's here: it verifies the headers that were signed and takes further
# ones. The bytes are the promised ones all the same. SeaweedFS refuses these as AWS does.
LAXER = {
    ("ministack", f"unsigned {name}")
    for name in ("x-amz-meta-other", "x-amz-storage-class", "x-amz-website-redirect-location")
}
# SeaweedFS looks at the end of a URL's time only; AWS also refuses one whose time has not come.
# Who can sign for later can sign later, too.
LAXER.add(("seaweedfs", "1:00:00"))
REFUSED = {400, 403}


def test_the_promised_put_is_taken(store: Store) -> None:
    folder, put = store.promise()
    assert put.send() == 200
    assert store.stored(folder) == {f"{folder}photo.jpg": PHOTO}


@pytest.mark.parametrize("case", FORGED)
def test_anything_else_is_refused_and_leaves_nothing(store: Store, case: str) -> None:
    folder, put = store.promise()
    status = FORGED[case](put).send()
    if (store.name, case) in LAXER:
        assert status == 200
        assert store.stored(folder) == {f"{folder}photo.jpg": PHOTO}
    else:
        assert status in REFUSED
        assert store.stored(folder) == {}


@pytest.mark.parametrize("case", FORGED)
def test_what_is_stored_cannot_be_changed(store: Store, case: str) -> None:
    folder, put = store.promise()
    assert put.send() == 200
    assert FORGED[case](put).send() in REFUSED | {412}
    assert store.stored(folder) == {f"{folder}photo.jpg": PHOTO}


def test_a_replay_is_told_that_it_is_one(store: Store) -> None:
    folder, put = store.promise()
    assert [put.send() for _ in range(3)] == [200, 412, 412]
    assert store.stored(folder) == {f"{folder}photo.jpg": PHOTO}


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "POST"])
def test_the_url_is_good_for_put_only(store: Store, method: str) -> None:
    folder, put = store.promise()
    assert put.send() == 200
    assert put.send(method) in {*REFUSED, 405}
    assert store.stored(folder) == {f"{folder}photo.jpg": PHOTO}


@pytest.mark.parametrize(
    "signed", [timedelta(seconds=-61), timedelta(days=-1), timedelta(hours=1)], ids=str
)
def test_a_url_of_another_time_is_refused(
    store: Store, signed: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presigned, "_now", lambda: datetime.now(UTC) + signed)
    folder, put = store.promise(seconds=60)
    monkeypatch.undo()
    status = put.send()
    if (store.name, str(signed)) in LAXER:
        assert status == 200
    else:
        assert status in REFUSED
        assert store.stored(folder) == {}


def test_a_body_that_breaks_off_leaves_nothing(store: Store) -> None:
    folder, put = store.promise()
    answer = put.broken_off(after=4)
    assert not answer.startswith(b"HTTP/1.1 200")
    assert store.stored(folder) == {}
