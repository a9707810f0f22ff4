"""The places of an organization."""
