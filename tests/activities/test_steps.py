"""The six steps on a real bucket and a real database."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from activities.failures import PermanentFailure
from imaging.errors import ImageRejected, RejectCode
from schema.contracts import DedupInput, RecordInput, StepInput
from schema.enums import ImageStatus
from tests.activities.conftest import Bench, jpeg, noise
from tests.rows import Yard


def test_download_gives_hash_size_and_slot(bench: Bench, yard: Yard) -> None:
    data = jpeg(noise())
    file = bench.download(bench.upload(yard, data, angle_deg=30))
    assert (file.sha256, file.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (file.angle_deg, file.shot_name, file.content_type) == (30, None, "image/jpeg")


def test_other_bytes_than_promised_are_a_verdict(bench: Bench, yard: Yard) -> None:
    image = yard.promise(b"promised")
    bench.store.put(image.storage_key, b"stored", "image/jpeg")
    with pytest.raises(PermanentFailure) as verdict:
        bench.download(image)
    assert verdict.value.code == "hash_mismatch"


def test_an_object_that_is_gone_is_a_verdict(bench: Bench, yard: Yard) -> None:
    with pytest.raises(PermanentFailure) as verdict:
        bench.download(yard.promise(b"never sent"))
    assert verdict.value.code == "object_missing"


def test_a_key_that_is_not_the_uploads_is_refused(bench: Bench, yard: Yard) -> None:
    image = bench.upload(yard, b"photo")
    elsewhere = image.storage_key.replace(str(yard.session_id), str(yard.device_id))
    with pytest.raises(PermanentFailure) as verdict:
        bench.download(replace(image, storage_key=elsewhere))
    assert verdict.value.code == "upload_unknown"


def test_exif_is_read(bench: Bench, yard: Yard) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "360 Imaging", "Studio One"
    exif.get_ifd(0x8769)[0x8827] = 200
    found = bench.exif(bench.arrived(yard, jpeg(noise(), exif=exif)))
    assert found.fields["Make"] == "360 Imaging"
    assert found.fields["Model"] == "Studio One"
    assert found.fields["ISO"] == 200
    assert found.captured_at is None


def test_thumbnails_are_stored_beside_the_original(
    bench: Bench, yard: Yard, tmp_path: Path
) -> None:
    step = bench.arrived(yard, jpeg(noise(1600, 1300)))
    made = bench.thumbnails(step)
    assert (made.width, made.height) == (1600, 1300)
    stem = step.image.storage_key.removesuffix(".jpg")
    assert made.keys == {str(n): f"{stem}_thumb_{n}.jpg" for n in (150, 600, 1200)}
    for size, key in made.keys.items():
        bench.store.download(key, tmp_path / size, 10**7)
        thumbnail = Image.open(tmp_path / size)
        assert (thumbnail.format, thumbnail.size) == ("JPEG", (int(size), int(size)))


def test_qc_tells_sharp_from_flat_and_burnt(bench: Bench, yard: Yard) -> None:
    burnt = noise()
    burnt[:100] = 255
    pictures = {"sharp": noise(), "flat": np.full((480, 640, 3), 120, np.uint8), "burnt": burnt}
    verdicts = {
        name: bench.qc(bench.arrived(yard, jpeg(pixels), angle_deg=slot)).report
        for slot, (name, pixels) in enumerate(pictures.items())
    }
    assert {name: report["sharpness"] for name, report in verdicts.items()} == {
        "sharp": "pass",
        "flat": "fail",
        "burnt": "pass",
    }
    assert {name: report["exposure"] for name, report in verdicts.items()} == {
        "sharp": "pass",
        "flat": "pass",
        "burnt": "fail",
    }
    assert verdicts["sharp"]["thresholds"]["sharpness_fail"] == 100


def test_the_steps_share_one_decode(bench: Bench, yard: Yard) -> None:
    step = bench.arrived(yard, jpeg(noise()))
    with ThreadPoolExecutor(4) as pool:
        for ask in (bench.thumbnails, bench.qc, bench.qc, bench.thumbnails):
            pool.submit(ask, step)
    bench.thumbnails(step)
    assert len(bench.decodes) == 1


def test_a_rejected_file_is_decoded_once_too(bench: Bench, yard: Yard) -> None:
    whole = jpeg(noise())
    step = bench.arrived(yard, whole[: len(whole) // 2])
    for ask in (bench.thumbnails, bench.qc):
        with pytest.raises(ImageRejected) as verdict:
            ask(step)
        assert verdict.value.code == RejectCode.TRUNCATED
    assert len(bench.decodes) == 1


def test_any_host_can_run_any_step(make_bench: Callable[[str], Bench], yard: Yard) -> None:
    first, second = make_bench("first"), make_bench("second")
    step = first.arrived(yard, jpeg(noise()))
    first.thumbnails(step)
    assert second.qc(step) == first.qc(step)
    assert second.thumbnails(step) == first.thumbnails(step)


def test_what_scratch_lost_is_made_again(bench: Bench, yard: Yard) -> None:
    step = bench.arrived(yard, jpeg(noise()))
    made = bench.thumbnails(step)
    for path in bench.scratch.path("").glob("*.600.jpg"):
        path.unlink()
    assert bench.thumbnails(step) == made
    for path in bench.scratch.path("").glob(f"{step.file.sha256}*"):
        path.unlink()
    assert bench.thumbnails(step) == made


def test_an_object_that_was_replaced_meanwhile_is_not_mixed_in(bench: Bench, yard: Yard) -> None:
    step = bench.arrived(yard, jpeg(noise()))
    bench.store.put(step.image.storage_key, jpeg(noise(seed=1)), "image/jpeg")
    bench.scratch.path(f"{step.file.sha256}.original").unlink()
    with pytest.raises(PermanentFailure) as verdict:
        bench.qc(step)
    assert verdict.value.code == "object_changed"


def test_dedup_and_record_complete_the_way(bench: Bench, yard: Yard) -> None:
    first, again = (bench.arrived(yard, jpeg(noise(), comment=comment)) for comment in (b"1", b"2"))
    for step, alike in ((first, []), (again, [first.image.upload_id])):
        qc = bench.qc(step)
        found = bench.dedup(DedupInput(step.image, step.file, qc))
        assert [neighbour.image_id for neighbour in found.neighbours] == alike
        outcome = bench.record(complete(bench, step))
        assert outcome.status == ImageStatus.PROCESSED
        assert outcome.duplicate_of is None


def complete(bench: Bench, step: StepInput) -> RecordInput:
    return RecordInput(
        step.image, step.file, bench.exif(step), bench.thumbnails(step), bench.qc(step)
    )


def test_heic_goes_the_same_way(bench: Bench, yard: Yard) -> None:
    import pillow_heif

    file = BytesIO()
    pillow_heif.from_pillow(Image.fromarray(noise())).save(file, quality=90)
    made = bench.thumbnails(bench.arrived(yard, file.getvalue()))
    assert (made.width, made.height) == (640, 480)
