"""Capture sessions: one walk round one vehicle."""
