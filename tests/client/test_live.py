"""A session followed over its live stream, on the real stack."""

import asyncio
from pathlib import Path

import httpx
import pytest

from client.api import Client
from client.backoff import Backoff
from client.errors import Imaging360Error
from client.live import follow
from client.models import Session
from devstack.sign_in import id_token
from devstack.stack import Stack
from tests.client.conftest import Weather, says, unplugged
from tests.client.test_upload import uploaded

REVIEWER = "reviewer@demo-motors.example"


async def test_pictures_come_with_their_verdicts_through_bad_weather(
    running_stack: Stack, client: Client, session: Session, folder: Path
) -> None:
    weather = Weather()
    backoff = Backoff(attempts=4, first=0.01, longest=0.05)
    async with Client(running_stack.api.url, backoff=backoff, transport=weather) as portal:
        await portal.login(id_token(running_stack.oidc.issuer, REVIEWER))
        weather.plan.extend([("GET", unplugged), ("GET", says(503, Retry_After="0"))])
        sending = asyncio.create_task(uploaded(client, session, folder))
        seen: dict[str, str] = {}
        async with asyncio.timeout(60):
            async for event in follow(portal, session.id):
                if event.image is not None:
                    seen[event.image.id] = event.image.status
                if list(seen.values()).count("processed") == 4:
                    break
        assert {outcome.upload_id for outcome in await sending} == set(seen)


async def test_a_device_may_not_watch(client: Client, session: Session) -> None:
    with pytest.raises(Imaging360Error) as refused:
        await anext(follow(client, session.id))
    assert (refused.value.code, refused.value.status) == ("role_forbidden", httpx.codes.FORBIDDEN)
