"""Each door's keys open what it needs and nothing else."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from devstack.aws import Names, ObjectStore, bootstrap

_KEY = "org/o/site/s/session/x/upload.jpg"


@pytest.fixture
def stored(object_store: ObjectStore) -> ObjectStore:
    """The store with one object in it."""
    s3 = object_store.account.s3(object_store.keys["worker"])
    s3.put_object(Bucket=object_store.bucket, Key=_KEY, Body=b"x")
    return object_store


def _refused(call: Callable[[], Any]) -> None:
    with pytest.raises(ClientError) as refusal:
        call()
    assert refusal.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")


def test_the_worker_reads_and_writes_images_only(stored: ObjectStore) -> None:
    s3, bucket = stored.account.s3(stored.keys["worker"]), stored.bucket
    assert s3.get_object(Bucket=bucket, Key=_KEY)["Body"].read() == b"x"
    assert s3.head_object(Bucket=bucket, Key=_KEY)["ContentLength"] == 1
    _refused(lambda: s3.delete_object(Bucket=bucket, Key=_KEY))
    _refused(lambda: s3.put_object(Bucket=bucket, Key="elsewhere/a.jpg", Body=b"x"))
    _refused(lambda: s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": []}))


def test_a_missing_key_is_not_found_and_not_forbidden(stored: ObjectStore) -> None:
    for user in ("worker", "presigner"):
        s3 = stored.account.s3(stored.keys[user])
        with pytest.raises(ClientError) as missing:
            s3.head_object(Bucket=stored.bucket, Key="org/not/there.jpg")
        assert missing.value.response["Error"]["Code"] == "404"


def test_only_the_bridge_reads_the_queue(stored: ObjectStore) -> None:
    bridge = stored.account.sqs(stored.keys["bridge"])
    got = bridge.receive_message(QueueUrl=stored.queue_url, WaitTimeSeconds=5)["Messages"]
    receipt = got[0]["ReceiptHandle"]
    for user in ("presigner", "worker"):
        sqs = stored.account.sqs(stored.keys[user])
        _refused(partial(sqs.receive_message, QueueUrl=stored.queue_url))
        _refused(partial(sqs.delete_message, QueueUrl=stored.queue_url, ReceiptHandle=receipt))
    bridge.change_message_visibility(
        QueueUrl=stored.queue_url, ReceiptHandle=receipt, VisibilityTimeout=1
    )
    bridge.delete_message(QueueUrl=stored.queue_url, ReceiptHandle=receipt)


def test_the_bridge_sees_no_image_and_sends_nothing(stored: ObjectStore) -> None:
    s3 = stored.account.s3(stored.keys["bridge"])
    _refused(lambda: s3.get_object(Bucket=stored.bucket, Key=_KEY))
    sqs = stored.account.sqs(stored.keys["bridge"])
    _refused(lambda: sqs.send_message(QueueUrl=stored.queue_url, MessageBody="x"))
    _refused(lambda: sqs.purge_queue(QueueUrl=stored.queue_url))


def test_a_presigned_put_works_as_signed_and_not_otherwise(stored: ObjectStore) -> None:
    s3 = stored.account.s3(stored.keys["presigner"])
    wanted = {"Bucket": stored.bucket, "Key": _KEY, "ContentType": "image/jpeg", "Tagging": "a=b"}
    url = s3.generate_presigned_url("put_object", Params=wanted, ExpiresIn=60)
    headers = {"Content-Type": "image/jpeg", "x-amz-tagging": "a=b"}
    assert httpx.put(url, content=b"y", headers=headers).status_code == 200
    other = headers | {"Content-Type": "image/png"}
    assert httpx.put(url, content=b"y", headers=other).status_code == 403
    _refused(lambda: s3.delete_object(Bucket=stored.bucket, Key=_KEY))


def test_a_wrong_secret_is_refused(stored: ObjectStore) -> None:
    keys = stored.keys["worker"]
    wrong = type(keys)(keys.access_key_id, "0" * 40)
    with pytest.raises(ClientError) as refusal:
        stored.account.s3(wrong).get_object(Bucket=stored.bucket, Key=_KEY)
    assert refusal.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


def test_only_images_under_the_prefix_raise_events(object_store: ObjectStore) -> None:
    s3, sqs = object_store.account.s3(), object_store.account.sqs()
    sqs.purge_queue(QueueUrl=object_store.queue_url)
    for key in ("org/a/1.png", "other/2.jpg", "org/a/3.JPG", "org/a/4.heic", "org/a/5.jpg"):
        s3.put_object(Bucket=object_store.bucket, Key=key, Body=b"x")
    bodies = ""
    while "5.jpg" not in bodies or "4.heic" not in bodies:
        got = sqs.receive_message(QueueUrl=object_store.queue_url, WaitTimeSeconds=5)
        bodies += "".join(message["Body"] for message in got["Messages"])
    assert not [n for n in ("1.png", "2.jpg", "3.JPG") if n in bodies]


def test_the_bootstrap_can_be_repeated_and_keeps_the_keys(object_store: ObjectStore) -> None:
    queue = object_store.queue_url.rpartition("/")[2]
    names = Names(object_store.bucket, queue, queue.removeprefix("uploads-") + "-")
    again = bootstrap(object_store.account, names, object_store.keys)
    assert again == object_store


def test_a_browser_may_put_from_anywhere(object_store: ObjectStore) -> None:
    url = f"{object_store.account.endpoint}/{object_store.bucket}/{_KEY}"
    asked = {"Origin": "http://localhost:5173", "Access-Control-Request-Method": "PUT"}
    asked["Access-Control-Request-Headers"] = "content-type,x-amz-checksum-sha256"
    answer = httpx.options(url, headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] in ("*", asked["Origin"])
