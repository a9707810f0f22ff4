"""Fixtures: buckets and queues on a real S3/SQS/IAM endpoint that checks signatures."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from devstack import aws
from devstack.aws import ObjectStore
from devstack.aws_users import Keys
from devstack.testing.shared import SharedServers

StoreFactory = Callable[[], ObjectStore]


@pytest.fixture(scope="session")
def aws_account(shared_servers: SharedServers) -> aws.Account:
    """The endpoint with the administrator's keys."""
    answer = shared_servers.want("s3")
    return aws.Account(answer["endpoint"], Keys("root", answer["secret"]))


@pytest.fixture(scope="session")
def make_object_store(aws_account: aws.Account) -> Iterator[StoreFactory]:
    """Makes a bucket, a queue with its dead-letter queue, and three users, named at random."""
    made: list[ObjectStore] = []

    def make() -> ObjectStore:
        unique = uuid.uuid4().hex[:10]
        names = aws.Names(f"test-{unique}", f"uploads-{unique}", f"{unique}-")
        store = aws.bootstrap(aws_account, names, {})
        made.append(store)
        return store

    yield make
    for store in made:
        _empty(store)


@pytest.fixture(scope="module")
def object_store(make_object_store: StoreFactory) -> ObjectStore:
    """A bucket with its queues and users for the tests of one module.

    `store.account.s3(store.keys["worker"])` is a client with the worker's rights;
    without keys it has the administrator's.
    """
    return make_object_store()


@pytest.fixture(scope="module")
def seaweed_store(shared_servers: SharedServers) -> Iterator[ObjectStore]:
    """A bucket on SeaweedFS, which has neither queues nor IAM; its user is `presigner`."""
    answer = shared_servers.want("seaweed")
    account = aws.Account(answer["endpoint"], Keys("root", answer["root"]))
    keys = {"presigner": Keys("presigner", answer["presigner"])}
    store = ObjectStore(account, f"test-{uuid.uuid4().hex[:10]}", "", "", keys)
    account.s3().create_bucket(Bucket=store.bucket)
    yield store
    _empty(store)


def _empty(store: ObjectStore) -> None:
    """Give the emulator its memory back before the run ends."""
    s3 = store.account.s3()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=store.bucket):
        for item in page.get("Contents", []):
            s3.delete_object(Bucket=store.bucket, Key=item["Key"])
