"""The comparison: the same work as a chain of Celery tasks, each step opening the file for itself.

`python -m celery -A bench.celery_peer worker`; where everything is comes from the environment.
The steps' image work is that of `bench.naive`.
"""

import hashlib
import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import psycopg
from celery import Celery  # type: ignore[import-untyped]

from bench import naive

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

STEPS = ("download", "exif", "thumbnails", "qc", "dedup", "record")
TABLE = """
CREATE TABLE peer_images (
  key text PRIMARY KEY, sha256 text NOT NULL, phash text NOT NULL, exif jsonb NOT NULL,
  qc jsonb NOT NULL, thumb_keys jsonb NOT NULL, duplicate_of text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON peer_images (sha256);
CREATE INDEX ON peer_images (phash);
"""
_ALIKE = "SELECT key FROM peer_images WHERE sha256 = %s OR phash = %s ORDER BY created_at LIMIT 1"
_INSERT = "INSERT INTO peer_images VALUES (%s, %s, %s, %s, %s, %s, %s)"
Job = dict[str, Any]

app = Celery("peer", broker=os.environ.get("PEER_BROKER"))
# A chain hands results on in its messages; nobody reads them elsewhere.
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)


def _step(work: Callable[[Job], Job]) -> Callable[[Job], Job]:
    return cast(Callable[[Job], Job], app.task(name=work.__name__)(work))


@_step
def download(job: Job) -> Job:
    """The object becomes a file that the other steps open."""
    data = _s3().get_object(Bucket=os.environ["PEER_BUCKET"], Key=job["key"])["Body"].read()
    path = Path(os.environ["PEER_FOLDER"], job["key"].rpartition("/")[2])
    path.write_bytes(data)
    return job | {"path": str(path), "sha256": hashlib.sha256(data).hexdigest()}


@_step
def exif(job: Job) -> Job:
    """What the camera says."""
    tags = naive.exif(_data(job))
    return job | {"exif": {str(tag): str(value) for tag, value in tags.items()}}


@_step
def thumbnails(job: Job) -> Job:
    """Three squares, stored beside each other."""
    keys = {}
    for size, data in naive.thumbnails(_data(job)).items():
        keys[str(size)] = f"peer/{job['key'].rpartition('/')[2]}_{size}.jpg"
        _s3().put_object(
            Bucket=os.environ["PEER_BUCKET"],
            Key=keys[str(size)],
            Body=data,
            ContentType="image/jpeg",
        )
    return job | {"thumb_keys": keys}


@_step
def qc(job: Job) -> Job:
    """Sharpness and exposure."""
    sharpness, white, black = naive.quality(_data(job))
    return job | {"qc": {"sharpness": sharpness, "white_share": white, "black_share": black}}


@_step
def dedup(job: Job) -> Job:
    """The first image that is the same, or looks like it."""
    phash = naive.fingerprint(_data(job))
    alike = _database().execute(_ALIKE, (job["sha256"], phash)).fetchone()
    return job | {"phash": phash, "duplicate_of": alike[0] if alike else None}


@_step
def record(job: Job) -> Job:
    """The row; the file is no longer needed."""
    documents = [json.dumps(job[name]) for name in ("exif", "qc", "thumb_keys")]
    values = (job["key"], job["sha256"], job["phash"], *documents, job["duplicate_of"])
    _database().execute(_INSERT, values)
    Path(job["path"]).unlink()
    return job


def _data(job: Job) -> bytes:
    return Path(job["path"]).read_bytes()


@cache
def _s3() -> "S3Client":
    """One client a process, made after the fork."""
    return boto3.client("s3", endpoint_url=os.environ["PEER_ENDPOINT"])


@cache
def _database() -> "psycopg.Connection[tuple[str]]":
    return psycopg.connect(os.environ["PEER_DATABASE"], autocommit=True)
