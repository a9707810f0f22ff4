"""The bucket, the queues and the notification between them; idempotent, done at every start."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from devstack.aws_users import Keys, ensure_users, policies
from devstack.errors import StackError

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import FilterRuleTypeDef, QueueConfigurationTypeDef
    from mypy_boto3_sqs import SQSClient

REGION = "eu-central-1"
VISIBILITY_SECONDS = 30
RECEIVE_WAIT_SECONDS = 20
MAX_RECEIVES = 3
SUFFIXES = (".jpg", ".heic")
PREFIX = "org/"
_CONFIG = Config(connect_timeout=3, read_timeout=25, retries={"max_attempts": 3})


@dataclass(frozen=True)
class Names:
    """What is made; tests give each module names of its own."""

    bucket: str = "imaging360"
    queue: str = "imaging360-uploads"
    user_prefix: str = ""

    @property
    def dead_letters(self) -> str:
        """The dead-letter queue."""
        return f"{self.queue}-dlq"


@dataclass(frozen=True)
class Account:
    """Where the S3/SQS/IAM endpoint is, and the administrator's keys."""

    endpoint: str
    root: Keys
    region: str = REGION

    def s3(self, keys: Keys | None = None) -> "S3Client":
        """An S3 client with these keys, the administrator's by default."""
        return self._session(keys).client("s3", endpoint_url=self.endpoint, config=_CONFIG)

    def sqs(self, keys: Keys | None = None) -> "SQSClient":
        """An SQS client with these keys, the administrator's by default."""
        return self._session(keys).client("sqs", endpoint_url=self.endpoint, config=_CONFIG)

    def iam(self) -> "IAMClient":
        """An IAM client of the administrator."""
        return self._session(None).client("iam", endpoint_url=self.endpoint, config=_CONFIG)

    def _session(self, keys: Keys | None) -> boto3.Session:
        chosen = keys or self.root
        return boto3.Session(
            chosen.access_key_id, chosen.secret_access_key, region_name=self.region
        )


@dataclass(frozen=True)
class ObjectStore:
    """What the bootstrap made: names, addresses and the keys of `presigner|bridge|worker`."""

    account: Account
    bucket: str
    queue_url: str
    dead_letter_url: str
    keys: Mapping[str, Keys]


def bootstrap(account: Account, names: Names, known: Mapping[str, Keys]) -> ObjectStore:
    """Make what is missing and set what may have changed; keys in `known` stay when still valid.

    Raises StackError with AWS's own words when a call is refused.
    """
    try:
        return _bootstrap(account, names, known)
    except (ClientError, BotoCoreError) as error:
        raise StackError(f"the S3/SQS bootstrap failed: {error}") from error


def _bootstrap(account: Account, names: Names, known: Mapping[str, Keys]) -> ObjectStore:
    s3, sqs = account.s3(), account.sqs()
    _ensure_bucket(s3, names.bucket, account.region)
    dead_url, dead_arn = _ensure_queue(sqs, names.dead_letters)
    queue_url, queue_arn = _ensure_queue(sqs, names.queue)
    sqs.set_queue_attributes(
        QueueUrl=queue_url,
        Attributes={
            "VisibilityTimeout": str(VISIBILITY_SECONDS),
            "ReceiveMessageWaitTimeSeconds": str(RECEIVE_WAIT_SECONDS),
            "RedrivePolicy": json.dumps(
                {"deadLetterTargetArn": dead_arn, "maxReceiveCount": MAX_RECEIVES}
            ),
            "Policy": json.dumps(_may_send(queue_arn, names.bucket)),
        },
    )
    sqs.set_queue_attributes(
        QueueUrl=dead_url, Attributes={"MessageRetentionPeriod": str(14 * 86400)}
    )
    _notify(s3, names.bucket, queue_arn)
    statements = policies(names.bucket, queue_arn, dead_arn)
    keys = ensure_users(account.iam(), names.user_prefix, statements, known)
    return ObjectStore(account, names.bucket, queue_url, dead_url, keys)


def _ensure_bucket(s3: "S3Client", bucket: str, region: str) -> None:
    _ignoring("BucketAlreadyOwnedByYou", lambda: _create_bucket(s3, bucket, region))
    s3.put_bucket_cors(
        Bucket=bucket,
        CORSConfiguration={
            "CORSRules": [
                {
                    # The presigned URL is the permission; a browser may come from any origin.
                    "AllowedOrigins": ["*"],
                    "AllowedMethods": ["PUT", "GET", "HEAD"],
                    "AllowedHeaders": ["*"],
                    "ExposeHeaders": ["ETag", "x-amz-checksum-sha256"],
                    "MaxAgeSeconds": 3000,
                }
            ]
        },
    )


def _create_bucket(s3: "S3Client", bucket: str, region: str) -> None:
    s3.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": region},  # type: ignore[typeddict-item]
    )


def _ensure_queue(sqs: "SQSClient", name: str) -> tuple[str, str]:
    """(url, arn) of the queue `name`."""
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, answer["Attributes"]["QueueArn"]


def _may_send(queue_arn: str, bucket: str) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"}},
            }
        ],
    }


def _notify(s3: "S3Client", bucket: str, queue_arn: str) -> None:
    """Set the notification unless it is there: every setting sends a test event to the queue."""
    wanted = [_queue_configuration(suffix, queue_arn) for suffix in SUFFIXES]
    present = s3.get_bucket_notification_configuration(Bucket=bucket)
    if [c.get("QueueArn") for c in present.get("QueueConfigurations", [])] == [queue_arn] * len(
        SUFFIXES
    ):
        return
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": wanted}
    )


def _queue_configuration(suffix: str, queue_arn: str) -> "QueueConfigurationTypeDef":
    rules: list[FilterRuleTypeDef] = [
        {"Name": "prefix", "Value": PREFIX},
        {"Name": "suffix", "Value": suffix},
    ]
    return {
        "Id": f"uploads{suffix.replace('.', '-')}",
        "QueueArn": queue_arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }


def _ignoring(code: str, call: Callable[[], None]) -> None:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise
