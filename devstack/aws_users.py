"""The IAM users of the doors, each with the least that its door needs."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


@dataclass(frozen=True)
class Keys:
    """An access key."""

    access_key_id: str
    secret_access_key: str


def policies(
    bucket: str, queue_arn: str, dead_letters_arn: str
) -> dict[str, list[dict[str, object]]]:
    """The statements of each user.

    ListBucket is what makes S3 answer 404 instead of 403 for a missing key: the difference of
    "not uploaded" and "wrong permissions". The tagging header of a presigned PUT needs a right too.
    """
    objects = f"arn:aws:s3:::{bucket}/org/*"
    look = _allow(["s3:ListBucket"], f"arn:aws:s3:::{bucket}")
    return {
        "presigner": [
            _allow(["s3:PutObject", "s3:PutObjectTagging", "s3:GetObject"], objects),
            look,
        ],
        "bridge": [
            _allow(
                [
                    "sqs:ReceiveMessage",
                    "sqs:DeleteMessage",
                    "sqs:ChangeMessageVisibility",
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                ],
                queue_arn,
            ),
            # How many are dead; and from which request an object comes, which its tags say.
            _allow(["sqs:GetQueueAttributes", "sqs:GetQueueUrl"], dead_letters_arn),
            _allow(["s3:GetObjectTagging"], objects),
        ],
        "worker": [_allow(["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject"], objects), look],
        "operator": [
            _allow(
                ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
                dead_letters_arn,
            ),
            _allow(["sqs:SendMessage"], queue_arn),
        ],
    }


def ensure_users(
    iam: "IAMClient",
    prefix: str,
    statements: Mapping[str, list[dict[str, object]]],
    known: Mapping[str, Keys],
) -> dict[str, Keys]:
    """Make the users of `policies`, set what they may, and give back a valid key for each.

    A key in `known` is kept when its user still has it (an emulator that was killed forgets).
    """
    keys: dict[str, Keys] = {}
    for user, allowed in statements.items():
        name = prefix + user
        _ensure_user(iam, name)
        document = {"Version": "2012-10-17", "Statement": allowed}
        iam.put_user_policy(UserName=name, PolicyName="least", PolicyDocument=json.dumps(document))
        keys[user] = _valid_key(iam, name, known.get(user))
    return keys


def _ensure_user(iam: "IAMClient", name: str) -> None:
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_user(UserName=name)


def _valid_key(iam: "IAMClient", name: str, known: Keys | None) -> Keys:
    present = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    ids = [key["AccessKeyId"] for key in present]
    if known is not None and known.access_key_id in ids:
        return known
    for old in ids:  # keys whose secret we do not have are of no use; a user may have two only
        iam.delete_access_key(UserName=name, AccessKeyId=old)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return Keys(made["AccessKeyId"], made["SecretAccessKey"])


def _allow(actions: list[str], resource: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
