"""Waits, journals, folders and lists, each for itself."""

import json
from pathlib import Path

import httpx
import pytest

from client.api import Client
from client.backoff import Backoff, passes
from client.errors import Imaging360Error
from client.journal import Journal
from client.models import Session
from client.photos import Shot, photos_of
from client.watch import watch
from tests.client.conftest import Weather, says


def answer(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_waits_grow_up_to_a_limit_and_differ() -> None:
    backoff = Backoff(first=0.5, longest=4)
    waits = [[backoff.seconds(failures) for _ in range(200)] for failures in (1, 2, 3, 9)]
    assert [max(tries) <= most for tries, most in zip(waits, (1, 2, 4, 4), strict=True)] == [
        True
    ] * 4
    assert all(len(set(tries)) > 100 for tries in waits)


def test_retry_after_is_obeyed() -> None:
    assert 7 <= Backoff(first=0.5).seconds(1, answer(429, Retry_After="7")) <= 7.5


@pytest.mark.parametrize(
    ("failure", "idempotent", "again"),
    [
        (httpx.ConnectError("x"), False, True),
        (httpx.ReadTimeout("x"), False, False),
        (httpx.ReadTimeout("x"), True, True),
        (answer(500), False, False),
        (answer(500), True, True),
        (answer(503), False, True),
        (answer(429), False, True),
        (answer(400), True, False),
    ],
)
def test_only_what_passes_and_does_no_harm_is_tried_again(
    failure: httpx.Response | httpx.TransportError, idempotent: bool, again: bool
) -> None:
    assert passes(failure, idempotent=idempotent) is again


def a_shot(directory: Path, data: bytes = b"photo") -> Shot:
    path = directory / "1.jpg"
    path.write_bytes(data)
    return Shot(path, "image/jpeg", 0)


def test_a_journal_remembers_this_file_in_this_session(tmp_path: Path) -> None:
    shot = a_shot(tmp_path)
    Journal(tmp_path / "journal").note("s1", shot, "u1")
    assert Journal(tmp_path / "journal").upload_id("s1", shot) == "u1"
    assert Journal(tmp_path / "journal").upload_id("s2", shot) is None
    assert Journal(tmp_path / "journal").upload_id("s1", a_shot(tmp_path, b"another")) is None


def test_a_line_that_was_cut_off_harms_no_other(tmp_path: Path) -> None:
    shot, file = a_shot(tmp_path), tmp_path / "journal"
    Journal(file).note("s1", shot, "u1")
    file.write_text(file.read_text() + '["s2", "0')
    Journal(file).note("s3", shot, "u3")
    again = Journal(file)
    assert [again.upload_id(s, shot) for s in ("s1", "s2", "s3")] == ["u1", None, "u3"]


def a_session(mode: str, count: int | None) -> Session:
    return Session("s", mode, "active", count, {})


def test_a_spin_takes_photos_in_order_evenly(tmp_path: Path) -> None:
    for name in ("c.jpg", "a.HEIC", "b.jpeg", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    shots = photos_of(tmp_path, a_session("studio360", 8))
    assert [(s.path.name, s.angle_deg) for s in shots] == [
        ("a.HEIC", 0),
        ("b.jpeg", 45),
        ("c.jpg", 90),
    ]
    stills = photos_of(tmp_path, a_session("stills", None))
    assert [shot.shot_name for shot in stills] == ["a", "b", "c"]


def test_a_folder_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Imaging360Error, match="no_photos"):
        photos_of(tmp_path, a_session("stills", None))
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(b"x")
    with pytest.raises(Imaging360Error, match="too_many_photos"):
        photos_of(tmp_path, a_session("studio360", 2))


async def test_watching_sends_the_etag_and_yields_changes_only() -> None:
    weather = Weather()

    def listed(status: str, etag: str) -> str:
        item = {"id": "i", "status": status, "angle_deg": 0, "shot_name": None}
        return json.dumps({"items": [item], "pending_known": True, "etag": etag})

    for status, etag in (("pending", '"1"'), ("pending", '"2"'), ("processed", '"3"')):
        weather.plan.append(("GET", says(200, listed(status, etag), ETag=etag)))
        weather.plan.append(("GET", says(304)))
    seen: list[str] = []
    async with Client("http://api.test", transport=weather) as client:
        async for images in watch(client, "s", every=0):
            seen.append(images.items[0].status)
            if images.items[0].final:
                break
    assert seen == ["pending", "processed"]
    sent = [request.headers.get("if-none-match") for request in weather.requests]
    assert sent == [None, '"1"', '"1"', '"2"', '"2"']
