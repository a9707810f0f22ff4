"""Presigned uploads: bytes go straight to S3."""
