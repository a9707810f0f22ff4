"""Compares what the clients were told with rows, thumbnails, Temporal and the queues.

It reads PostgreSQL as superuser and S3 as administrator: not through the code that it judges.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import psycopg
from PIL import Image
from psycopg.rows import dict_row
from temporalio.client import Client

from chaos.crowd import Told
from devstack.stack import Stack

_SIZES = {"150", "600", "1200"}
_ROWS = """
SELECT id::text, org_id::text, session_id::text, angle_deg, hash_sha256, status, failure,
       thumb_keys, created_at
FROM images WHERE session_id::text = ANY(%s)
"""
Row = dict[str, Any]


@dataclass
class Verdict:
    """What the auditor found; `complaints` are sentences, empty when all is well."""

    told: int
    rows: int = 0
    thumbnails: int = 0
    workflows: int = 0
    dead_letters: int = 0
    complaints: list[str] = field(default_factory=list)
    recorded_at: list[datetime] = field(default_factory=list)


def unfinished(stack: Stack, told: Sequence[Told]) -> int:
    """How many of the uploads have no row yet."""
    return len({t.upload_id for t in told} - {row["id"] for row in _rows(stack, told)})


async def audit(stack: Stack, told: Sequence[Told]) -> Verdict:
    """Look at everything."""
    verdict = Verdict(told=len(told))
    rows = await asyncio.to_thread(_rows, stack, told)
    verdict.rows = len(rows)
    verdict.recorded_at = sorted(row["created_at"] for row in rows)
    _compare(verdict, told, rows)
    await asyncio.to_thread(_look_at_thumbnails, verdict, stack, rows)
    await _ask_temporal(verdict, stack, told)
    await asyncio.to_thread(_look_into_queues, verdict, stack)
    return verdict


def _rows(stack: Stack, told: Sequence[Told]) -> list[Row]:
    sessions = sorted({t.session_id for t in told})
    url = stack.postgres.admin_url("imaging360")
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(_ROWS, (sessions,)).fetchall()


def _compare(verdict: Verdict, told: Sequence[Told], rows: Sequence[Row]) -> None:
    """Exactly one row for each upload, of the right owner and place, with the right hash."""
    counts = Counter(row["id"] for row in rows)
    by_id = {row["id"]: row for row in rows}
    for upload in told:
        if counts[upload.upload_id] != 1:
            verdict.complaints.append(f"{upload.upload_id}: {counts[upload.upload_id]} rows")
            continue
        row = by_id[upload.upload_id]
        if row["status"] != "processed":
            verdict.complaints.append(f"{upload.upload_id}: {row['status']} {row['failure']}")
        expected = (upload.org_id, upload.session_id, upload.angle_deg, upload.sha256)
        found = (row["org_id"], row["session_id"], row["angle_deg"], row["hash_sha256"])
        if found != expected:
            verdict.complaints.append(f"{upload.upload_id}: {found} instead of {expected}")
    for unknown in counts.keys() - {t.upload_id for t in told}:
        verdict.complaints.append(f"{unknown}: a row that no client knows of")


def _look_at_thumbnails(verdict: Verdict, stack: Stack, rows: Sequence[Row]) -> None:
    s3 = stack.s3.account.s3()
    for row in rows:
        keys = row["thumb_keys"]
        if set(keys) != _SIZES:
            verdict.complaints.append(f"{row['id']}: thumbnails {sorted(keys)}")
        for key in keys.values():
            try:
                stored = s3.get_object(Bucket=stack.s3.store.bucket, Key=key)["Body"].read()
                Image.open(BytesIO(stored)).load()
                verdict.thumbnails += 1
            except (s3.exceptions.NoSuchKey, OSError) as error:
                verdict.complaints.append(f"{row['id']}: thumbnail {key}: {error!r}")


async def _ask_temporal(verdict: Verdict, stack: Stack, told: Sequence[Told]) -> None:
    """One completed run for each upload, nothing running."""
    client = await Client.connect(stack.temporal.address)
    sessions = {t.session_id for t in told}
    runs: Counter[str] = Counter()
    for session in sorted(sessions):
        query = f"SessionId = '{session}' AND WorkflowType = 'ProcessImage'"
        async for run in client.list_workflows(query):
            runs[run.id] += 1
            if run.status is None or run.status.name != "COMPLETED":
                verdict.complaints.append(f"{run.id}: {run.status.name if run.status else '?'}")
    verdict.workflows = runs.total()
    for upload in told:
        if runs[f"image-{upload.upload_id}"] != 1:
            count = runs[f"image-{upload.upload_id}"]
            verdict.complaints.append(f"image-{upload.upload_id}: {count} runs")


def _look_into_queues(verdict: Verdict, stack: Stack) -> None:
    """An upload's message has no business in the DLQ: every one was for a good object."""
    sqs, store = stack.s3.account.sqs(), stack.s3.store

    def waiting(url: str) -> int:
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        counts = (
            answer["ApproximateNumberOfMessages"],
            answer["ApproximateNumberOfMessagesNotVisible"],
        )
        return sum(map(int, counts))

    verdict.dead_letters = waiting(store.dead_letter_url)
    if verdict.dead_letters:
        verdict.complaints.append(f"{verdict.dead_letters} messages in the DLQ")
    if left := waiting(store.queue_url):
        verdict.complaints.append(f"{left} messages still in the queue")
