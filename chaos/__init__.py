"""Faults on the embedded stack while it works, and an auditor that trusts nobody."""
