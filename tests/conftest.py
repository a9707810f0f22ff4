"""Real servers for every test that asks for them; see `devstack.testing`."""

pytest_plugins = [
    "devstack.testing.shared",
    "devstack.testing.databases",
    "devstack.testing.stores",
    "devstack.testing.servers",
    "devstack.testing.running",
]
