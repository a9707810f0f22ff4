"""Pictures, finished and pending, and publishing."""
