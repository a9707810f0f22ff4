"""A small run of `make chaos`, and an auditor that is not easily pleased."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from chaos.audit import audit
from chaos.plan import SMALL, VICTIMS, Size, draw
from chaos.run import a_stack, inflict, settle

_SEED = 7


def test_a_seed_always_gives_the_same_plan_and_spares_nobody() -> None:
    plan = draw(_SEED, Size())
    assert plan == draw(_SEED, Size())
    assert plan != draw(_SEED + 1, Size())
    assert sorted(fault.part for fault in plan) == sorted(VICTIMS * 3)


@pytest.mark.timeout(480)
async def test_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    async with a_stack(tmp_path / "stack") as stack:
        told, faults, copies = await inflict(stack, tmp_path / "photos", _SEED, SMALL, print)
        await settle(stack, told, 180, print)
        verdict = await audit(stack, told)
        assert verdict.complaints == []
        assert (verdict.rows, verdict.workflows) == (SMALL.images, SMALL.images)
        assert verdict.thumbnails == 3 * SMALL.images
        assert {fault.part for fault in faults} == set(VICTIMS)
        assert copies > SMALL.images

        lost, bare, *_ = sorted(upload.upload_id for upload in told)

        def spoil() -> str:
            for worker in ("worker", "worker-2"):  # or the ledger mends what is broken here
                stack.stop_part(worker)
            with psycopg.connect(stack.postgres.admin_url("imaging360")) as connection:
                row = connection.execute("select thumb_keys->>'150' from images where id = %s",
                                         (bare,)).fetchone()  # fmt: skip
                connection.execute("delete from images where id = %s", (lost,))
            assert row is not None
            stack.s3.account.s3().delete_object(Bucket=stack.s3.store.bucket, Key=row[0])
            return str(row[0])

        key = await asyncio.to_thread(spoil)
        complaints = (await audit(stack, told)).complaints
        assert f"{lost}: 0 rows" in complaints
        assert any(c.startswith(f"{bare}: thumbnail {key}") for c in complaints)
        assert len(complaints) == 2
