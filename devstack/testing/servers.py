"""Fixtures: Temporal and the OIDC issuer."""

from dataclasses import dataclass

import pytest

from devstack.testing.shared import SharedServers


@dataclass(frozen=True)
class TemporalServer:
    """A real development server: `address` is host:port, `ui_url` its Web UI."""

    address: str
    ui_url: str
    namespace: str


@pytest.fixture(scope="session")
def temporal_server(shared_servers: SharedServers) -> TemporalServer:
    """A real Temporal server shared by the test run, with our search attributes."""
    answer = shared_servers.want("temporal")
    return TemporalServer(answer["address"], answer["ui"], "default")


@pytest.fixture(scope="session")
def oidc_issuer(shared_servers: SharedServers) -> str:
    """Address of a real OIDC issuer; `devstack.sign_in.id_token` gets tokens from it."""
    return shared_servers.want("oidc")["issuer"]
