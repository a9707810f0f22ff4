"""One suite for the real object store and the in-memory one."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from adapters.errors import AccessRefusedError, ObjectMissingError, ObjectTooLargeError
from adapters.memory import MemoryObjectStore
from adapters.ports import ObjectStore, PutTerms
from adapters.s3 import AwsAccess, S3ObjectStore
from devstack.aws import ObjectStore as Bootstrapped

Make = Callable[[str], ObjectStore]


def real(bootstrapped: Bootstrapped, user: str) -> S3ObjectStore:
    account, keys = bootstrapped.account, bootstrapped.keys[user]
    aws = AwsAccess(
        region=account.region,
        endpoint_url=account.endpoint,
        access_key_id=keys.access_key_id,
        secret_access_key=keys.secret_access_key,
    )
    return S3ObjectStore(aws, bootstrapped.bucket)


@pytest.fixture(params=["memory", "s3"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    if request.param == "memory":
        return MemoryObjectStore()
    return real(request.getfixturevalue("object_store"), "worker")


def a_key() -> str:
    return f"org/{uuid4()}/photo.jpg"


def test_what_is_put_is_downloaded(store: ObjectStore, tmp_path: Path) -> None:
    key, data = a_key(), b"\x00\xff" * 700_000
    store.put(key, data, "image/jpeg")
    store.download(key, tmp_path / "photo", len(data))
    assert (tmp_path / "photo").read_bytes() == data


def test_a_second_put_replaces(store: ObjectStore, tmp_path: Path) -> None:
    key = a_key()
    store.put(key, b"first", "image/jpeg")
    store.put(key, b"second", "image/jpeg")
    store.download(key, tmp_path / "photo", 100)
    assert (tmp_path / "photo").read_bytes() == b"second"


def test_head_tells_size_and_time(store: ObjectStore) -> None:
    key = a_key()
    store.put(key, b"12345", "image/jpeg")
    info = store.head(key)
    assert info.size == 5
    assert abs(datetime.now(UTC) - info.stored_at) < timedelta(minutes=5)


def test_a_folder_lists_what_is_in_it_and_nothing_else(store: ObjectStore) -> None:
    folder, neighbour = f"org/{uuid4()}/", f"org/{uuid4()}/photo.jpg"
    store.put(neighbour, b"another", "image/jpeg")
    assert store.stored(folder) == {}
    for name, data in {"a.jpg": b"1", "deep/b c+d.jpg": b"12"}.items():
        store.put(folder + name, data, "image/jpeg")
    listed = {key.removeprefix(folder): info.size for key, info in store.stored(folder).items()}
    assert listed == {"a.jpg": 1, "deep/b c+d.jpg": 2}
    assert store.stored(folder)[f"{folder}a.jpg"].stored_at <= datetime.now(UTC)


def test_what_is_missing_is_said_to_be(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(ObjectMissingError):
        store.download(a_key(), tmp_path / "photo", 100)
    with pytest.raises(ObjectMissingError):
        store.head(a_key())


def test_too_large_an_object_is_not_read(store: ObjectStore, tmp_path: Path) -> None:
    key = a_key()
    store.put(key, b"123456", "image/jpeg")
    with pytest.raises(ObjectTooLargeError):
        store.download(key, tmp_path / "photo", 5)


def terms(data: bytes) -> PutTerms:
    return PutTerms(
        key=a_key(),
        content_type="image/jpeg",
        sha256_hex=hashlib.sha256(data).hexdigest(),
        size=len(data),
        metadata={"upload-id": str(uuid4())},
        tags={"session": str(uuid4()), "mode": "studio360"},
    )


def test_a_presigned_put_takes_exactly_what_was_promised(
    object_store: Bootstrapped, tmp_path: Path
) -> None:
    promised = terms(b"the photo")
    signed = real(object_store, "presigner").presign_put(promised, 60)
    answer = httpx.put(signed.url, content=b"the photo", headers=dict(signed.headers))
    assert answer.status_code == 200, answer.text
    worker = real(object_store, "worker")
    worker.download(promised.key, tmp_path / "photo", 100)
    assert (tmp_path / "photo").read_bytes() == b"the photo"
    assert worker.head(promised.key).metadata["upload-id"] == promised.metadata["upload-id"]
    for user in ("worker", "bridge"):
        assert real(object_store, user).tags(promised.key) == promised.tags


def test_a_presigned_put_works_once(object_store: Bootstrapped) -> None:
    signed = real(object_store, "presigner").presign_put(terms(b"the photo"), 60)
    first, second = (
        httpx.put(signed.url, content=b"the photo", headers=dict(signed.headers)) for _ in "12"
    )
    assert (first.status_code, second.status_code) == (200, 412)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-Type", "text/html"),
        ("x-amz-checksum-sha256", None),
        ("x-amz-tagging", "session=another"),
        ("x-amz-meta-upload-id", None),
        ("If-None-Match", None),
    ],
)
def test_a_header_that_is_not_as_signed_is_refused(
    object_store: Bootstrapped, header: str, value: str | None
) -> None:
    promised = terms(b"the photo")
    signed = real(object_store, "presigner").presign_put(promised, 60)
    headers = dict(signed.headers) | {header: value or ""}
    if value is None:
        del headers[header]
    assert httpx.put(signed.url, content=b"the photo", headers=headers).status_code in {400, 403}
    with pytest.raises(ObjectMissingError):
        real(object_store, "worker").head(promised.key)


@pytest.mark.parametrize("sent", [b"the foto!", b"longer than the photo"])
def test_other_bytes_are_refused(object_store: Bootstrapped, sent: bytes) -> None:
    promised = terms(b"the photo")
    signed = real(object_store, "presigner").presign_put(promised, 60)
    headers = dict(signed.headers) | {"Content-Length": str(len(sent))}
    assert httpx.put(signed.url, content=sent, headers=headers).status_code in {400, 403}
    with pytest.raises(ObjectMissingError):
        real(object_store, "worker").head(promised.key)


def test_refusal_is_told_from_trouble(object_store: Bootstrapped, tmp_path: Path) -> None:
    key = a_key()
    real(object_store, "worker").put(key, b"data", "image/jpeg")
    with pytest.raises(AccessRefusedError):
        real(object_store, "bridge").download(key, tmp_path / "photo", 100)
