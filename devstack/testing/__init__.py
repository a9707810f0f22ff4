"""Fixtures for everybody's tests, as small pytest plugins that tests/conftest.py names."""
