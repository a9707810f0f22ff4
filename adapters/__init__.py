"""All that touches the outside: S3, SQS, Temporal, PostgreSQL, OIDC, the scratch disk."""
