"""S3 over boto3, and its errors in our words."""

import base64
from collections.abc import Callable
from contextlib import closing
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar
from urllib.parse import urlencode

import boto3
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from urllib3.exceptions import HTTPError

from adapters.errors import (
    AccessRefusedError,
    ObjectMissingError,
    ObjectTooLargeError,
    TransientError,
)
from adapters.ports import ObjectInfo, PresignedPut, PutTerms
from adapters.presigned import UrlSigner

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

P = ParamSpec("P")
T = TypeVar("T")

_MISSING = {"404", "NoSuchKey", "NotFound"}
_REFUSED = {
    "403",
    "AccessDenied",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidClientTokenId",
}


class Secret(Protocol):
    """A string that does not show itself in logs."""

    def get_secret_value(self) -> str:
        """The string."""


class AwsConfig(Protocol):
    """The settings that lead to AWS, as every door has them."""

    @property
    def aws_region(self) -> str: ...
    @property
    def aws_endpoint_url(self) -> str | None: ...
    @property
    def aws_access_key_id(self) -> str | None: ...
    @property
    def aws_secret_access_key(self) -> Secret | None: ...


class AwsAccess:
    """Where AWS is and who we are. Without keys boto3's own chain (role, profile) is used."""

    def __init__(
        self,
        *,
        region: str,
        endpoint_url: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        connections: int = 10,
    ) -> None:
        self._session = boto3.Session(
            region_name=region,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
        )
        self._endpoint_url = endpoint_url
        self._config = Config(
            signature_version="s3v4",
            connect_timeout=3,
            read_timeout=30,
            max_pool_connections=connections,
            retries={"mode": "standard", "max_attempts": 2},
            s3={"addressing_style": "path" if endpoint_url else "virtual"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )

    @classmethod
    def of(cls, config: AwsConfig, *, connections: int) -> "AwsAccess":
        """From a door's settings."""
        secret = config.aws_secret_access_key
        return cls(
            region=config.aws_region,
            endpoint_url=config.aws_endpoint_url,
            access_key_id=config.aws_access_key_id,
            secret_access_key=secret.get_secret_value() if secret else None,
            connections=connections,
        )

    def s3(self) -> "S3Client":
        """An S3 client; safe to share between threads."""
        return self._session.client("s3", endpoint_url=self._endpoint_url, config=self._config)

    def credentials(self) -> ReadOnlyCredentials:
        """The keys as they are now: those of a role change every few hours.

        Raises NoCredentialsError when there are none.
        """
        found = self._session.get_credentials()
        if found is None:
            raise NoCredentialsError
        return found.get_frozen_credentials()

    def sqs(self) -> "SQSClient":
        """An SQS client; safe to share between threads."""
        config = self._config.merge(Config(signature_version="v4"))
        return self._session.client("sqs", endpoint_url=self._endpoint_url, config=config)


def translated(call: Callable[P, T]) -> Callable[P, T]:
    """Give a method's AWS errors our types."""

    @wraps(call)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except ClientError as error:
            raise _in_our_words(error) from error
        except (BotoCoreError, HTTPError) as error:
            raise TransientError(f"{type(error).__name__}: {error}") from error

    return wrapper


def _in_our_words(error: ClientError) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    if code in _MISSING:
        return ObjectMissingError(str(error))
    if code in _REFUSED:
        return AccessRefusedError(str(error))
    return TransientError(str(error))


class S3ObjectStore:
    """One bucket."""

    def __init__(self, access: AwsAccess, bucket: str) -> None:
        self._access = access
        self._client = access.s3()
        self._bucket = bucket

    @translated
    def download(self, key: str, path: Path, max_bytes: int) -> None:
        """Stream the object to `path`; the caller checks its hash."""
        answer = self._client.get_object(Bucket=self._bucket, Key=key)
        with closing(answer["Body"]) as body, path.open("wb") as file:
            if answer["ContentLength"] > max_bytes:
                raise ObjectTooLargeError(f"{answer['ContentLength']} bytes")
            for chunk in body.iter_chunks(1 << 20):
                file.write(chunk)

    @translated
    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store an object, replacing what was there."""
        self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type)

    @translated
    def head(self, key: str) -> ObjectInfo:
        """Size, time and user metadata of an object."""
        answer = self._client.head_object(Bucket=self._bucket, Key=key)
        return ObjectInfo(answer["ContentLength"], answer["LastModified"], answer["Metadata"])

    @translated
    def tags(self, key: str) -> dict[str, str]:
        """The tags of an object, for which no right to read the object is needed."""
        answer = self._client.get_object_tagging(Bucket=self._bucket, Key=key)
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    @translated
    def stored(self, folder: str) -> dict[str, ObjectInfo]:
        """List a folder: one request for each thousand objects."""
        pages = self._client.get_paginator("list_objects_v2")
        return {
            item["Key"]: ObjectInfo(item["Size"], item["LastModified"], {})
            for page in pages.paginate(Bucket=self._bucket, Prefix=folder)
            for item in page.get("Contents", [])
        }

    def presign_put(self, terms: PutTerms, seconds: int) -> PresignedPut:
        """Sign a PUT of exactly these bytes: type, hash, tags and metadata are signed headers.

        `If-None-Match: *` makes the URL good for one object only, however often it is used.
        """
        checksum = base64.b64encode(bytes.fromhex(terms.sha256_hex)).decode()
        headers = {
            "Content-Type": terms.content_type,
            "If-None-Match": "*",
            "x-amz-checksum-sha256": checksum,
            "x-amz-tagging": urlencode(terms.tags),
            **{f"x-amz-meta-{name}": value for name, value in terms.metadata.items()},
        }
        if terms.size is not None:
            headers["Content-Length"] = str(terms.size)
        return PresignedPut(self._signer.sign("PUT", terms.key, seconds, headers), headers)

    def presign_get(self, key: str, seconds: int) -> str:
        """Sign a GET for `seconds`."""
        return self._signer.sign("GET", key, seconds, {})

    @cached_property
    def _signer(self) -> UrlSigner:
        """Where the bucket is, botocore knows: it depends on region, endpoint and bucket name."""
        params = {"Bucket": self._bucket, "Key": "k"}
        url = self._client.generate_presigned_url("get_object", Params=params)
        base = url.partition("?")[0].removesuffix("k")
        return UrlSigner(base, self._client.meta.region_name, self._access.credentials)
