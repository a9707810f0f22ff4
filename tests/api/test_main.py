"""The door: settings to a running application."""

import asyncio
from pathlib import Path

import httpx
import pytest

from adapters import logs
from api import main
from devstack.testing.databases import Database
from devstack.testing.servers import TemporalServer


@pytest.fixture
def environment(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module_database: Database,
    temporal_server: TemporalServer,
) -> None:
    """What a deployment sets; the log stays as the test run has it."""
    settings = {
        "ENVIRONMENT": "test",
        "API_DATABASE_URL": module_database.api,
        "TEMPORAL_ADDRESS": temporal_server.address,
        "JWT_KEYS_DIR": str(tmp_path / "keys"),
        "OIDC_ISSUER": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"IMAGING360_{name}", value)
    monkeypatch.setattr(logs, "configure", lambda level, style: None)


@pytest.mark.usefixtures("environment")
async def test_the_door_opens_the_real_backends() -> None:
    app = main.app()
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as http:
            async with asyncio.timeout(20):
                ready = (await http.get("/readyz")).json()
                keys = (await http.get("/.well-known/jwks.json")).json()["keys"]
    assert ready == {"status": "ok", "postgres": True, "temporal": True}
    assert len(keys) == 1
