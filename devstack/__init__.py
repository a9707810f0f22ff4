"""The embedded stack: real PostgreSQL, Temporal, S3/SQS and an OIDC issuer as child processes.

Then our own api, bridge and worker on top. The door is `python -m devstack up|demo`; tests use
`devstack.stack.Stack` or the fixtures in `devstack.testing`.
"""
