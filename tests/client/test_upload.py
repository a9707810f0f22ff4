"""Folders reach the store whatever the network does, each file once."""

from pathlib import Path

import pytest

from client.api import Client
from client.errors import Imaging360Error
from client.journal import NAME, Journal
from client.models import Session
from client.photos import photos_of
from client.upload import How, Outcome, Uploader
from tests.client.conftest import Fault, Weather, says, unplugged

EXPIRED = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"


async def uploaded(client: Client, session: Session, folder: Path) -> list[Outcome]:
    shots = photos_of(folder, session)
    async with Uploader(client) as uploader:
        return await uploader.upload(session.id, shots, journal=Journal(folder / NAME))


async def test_a_folder_is_sent_once(client: Client, session: Session, folder: Path) -> None:
    first = await uploaded(client, session, folder)
    assert [outcome.shot.slot for outcome in first] == ["0°", "90°", "180°", "270°"]
    assert {outcome.how for outcome in first} == {How.SENT}
    assert {o.how for o in await uploaded(client, session, folder)} == {How.KNOWN}
    (folder / NAME).unlink()
    again = await uploaded(client, session, folder)
    assert {outcome.how for outcome in again} == {How.STORED}
    assert [o.upload_id for o in again] == [o.upload_id for o in first]


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("PUT", unplugged),
        ("POST", unplugged),
        ("PUT", says(500)),
        ("POST", says(502)),
        ("PUT", says(503, Retry_After="0")),
        ("POST", says(429, Retry_After="0")),
        ("PUT", says(403, EXPIRED)),
    ],
    ids=["PUT", "POST", "PUT 500", "POST 502", "PUT 503", "POST 429", "PUT expired"],
)
async def test_what_passes_is_tried_again(
    client: Client, session: Session, folder: Path, weather: Weather, method: str, fault: Fault
) -> None:
    weather.plan.extend([(method, fault)] * 3)
    done = await uploaded(client, session, folder)
    assert {outcome.how for outcome in done} == {How.SENT}
    assert not weather.plan
    assert weather.puts == 4


async def test_an_expired_url_is_replaced(
    client: Client, session: Session, folder: Path, weather: Weather
) -> None:
    weather.requests.clear()
    weather.plan.append(("PUT", says(403, EXPIRED)))
    async with Uploader(client) as uploader:
        await uploader.send(session.id, photos_of(folder, session)[0])
    methods = [request.method for request in weather.requests]
    assert methods == ["POST", "PUT", "POST", "PUT"]


async def test_a_lost_answer_does_not_send_twice_what_is_stored(
    client: Client, session: Session, folder: Path, weather: Weather
) -> None:
    weather.lost.extend(["PUT"] * 2)
    done = await uploaded(client, session, folder)
    assert sorted(outcome.how for outcome in done) == ["sent", "sent", "stored", "stored"]


async def test_after_an_interruption_only_what_is_missing_is_sent(
    client: Client, session: Session, folder: Path, weather: Weather
) -> None:
    shots = photos_of(folder, session)
    async with Uploader(client, at_a_time=1) as uploader:
        journal = Journal(folder / NAME)
        await uploader.upload(session.id, shots[:2], journal=journal)
        weather.plan.extend([("PUT", unplugged)] * 8)
        rest = await uploader.upload(session.id, shots[2:], journal=journal)
    assert {outcome.how for outcome in rest} == {How.REFUSED}
    assert {getattr(outcome.error, "code", "") for outcome in rest} == {"unreachable"}
    assert weather.puts == 2
    done = await uploaded(client, session, folder)
    assert [outcome.how for outcome in done] == ["known", "known", "sent", "sent"]
    assert weather.puts == 4


async def test_a_journal_that_cannot_be_kept_is_an_error(
    client: Client, session: Session, folder: Path
) -> None:
    journal = Journal(folder / "nowhere" / NAME)
    async with Uploader(client) as uploader:
        with pytest.raises(FileNotFoundError):
            await uploader.upload(session.id, photos_of(folder, session), journal=journal)


async def test_a_refusal_is_final_and_stops_no_other(
    client: Client, session: Session, folder: Path, weather: Weather
) -> None:
    weather.plan.append(("PUT", says(403, "SignatureDoesNotMatch")))
    done = await uploaded(client, session, folder)
    assert sorted(outcome.how for outcome in done) == ["refused", "sent", "sent", "sent"]
    (error,) = (outcome.error for outcome in done if outcome.error)
    assert isinstance(error, Imaging360Error)
    assert (error.code, error.status) == ("store_refused", 403)


async def test_opening_a_session_is_not_repeated_when_its_answer_got_lost(
    client: Client, session: Session, weather: Weather
) -> None:
    weather.requests.clear()
    weather.lost.append("POST")
    site = str(session.raw["site_id"])
    with pytest.raises(Imaging360Error, match="unreachable"):
        await client.open_session(site, "stills", stock_number="1")
    assert len(weather.requests) == 1


async def test_an_error_says_what_the_problem_document_says(client: Client) -> None:
    with pytest.raises(Imaging360Error) as caught:
        await client.session("00000000-0000-4000-8000-000000000000")
    assert (caught.value.code, caught.value.status) == ("session_not_found", 404)
    assert caught.value.request_id
    assert caught.value.detail


async def test_a_wrong_code_is_one_error(client: Client, weather: Weather) -> None:
    weather.requests.clear()
    with pytest.raises(Imaging360Error, match="organization_unknown"):
        await client.enroll("00000000-0000-4000-8000-000000000000", enrollment_code="no")
    assert len(weather.requests) == 1
