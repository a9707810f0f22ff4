"""The only reader of the environment; imported only by the doors.

Every setting is an environment variable `IMAGING360_<NAME>`, or a line of the file
that `IMAGING360_ENV_FILE` names. A missing or malformed one stops the door with one
line that says which.
"""

import os
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, IPvAnyNetwork, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _split(given: object) -> object:
    if not isinstance(given, str):
        return given
    return [part.strip() for part in given.split(",") if part.strip()]


Item = TypeVar("Item")
Listed = Annotated[list[Item], NoDecode, BeforeValidator(_split)]
"""Several values with commas between them."""
Environment = Literal["development", "test", "production"]


class Common(BaseSettings):
    """What every door needs: where it runs and how it logs."""

    model_config = SettingsConfigDict(
        env_prefix="IMAGING360_",
        env_file=os.environ.get("IMAGING360_ENV_FILE"),
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
    )

    environment: Environment = "production"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(None, ge=1, le=65535)
    """Where Prometheus reads GET /metrics, beside the public port; without it nothing listens."""
    otlp_endpoint: str | None = None
    """An OpenTelemetry collector (OTLP over HTTP), e.g. `http://collector:4318`; without it no
    traces are made."""
    trace_ratio: float = Field(1.0, ge=0, le=1)
    """The share of requests that are traced, unless their caller says."""


class Aws(Common):
    """S3 and SQS. Without endpoint and keys boto3's own chain (role, profile) is used."""

    aws_region: str = "eu-central-1"
    aws_endpoint_url: str | None = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    s3_bucket: str = "imaging360"


class Temporal(Common):
    """The Temporal frontend and the namespace of this deployment."""

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_api_key: SecretStr | None = None
    temporal_tls: bool = False
    temporal_ui_url: str = "http://127.0.0.1:8233"


class ApiSettings(Aws, Temporal):
    """The REST API: `api.main`. Its AWS keys need nothing but s3:PutObject and s3:GetObject."""

    api_host: str = "127.0.0.1"
    api_port: int = 8000
    api_database_url: SecretStr
    api_pool_size: int = Field(10, ge=1, le=200)
    api_pool_wait_seconds: float = Field(5, gt=0, le=60)
    """So long a request waits for a connection of the pool before the answer is 503."""
    jwt_keys_dir: Path
    jwt_issuer: str = "imaging360"
    jwt_audience: str = "imaging360-api"
    device_token_days: int = 30
    user_token_hours: int = 8
    open_enrollment: bool = False
    oidc_issuer: str
    oidc_audience: Annotated[list[str], NoDecode] | str = "imaging360-portal"
    presign_seconds: int = Field(900, ge=60, le=3600)
    max_upload_bytes: int = 50 * 2**20
    publish_url_seconds: int = Field(3600, ge=60, le=7 * 86400)
    enrollments_a_minute: int = Field(100, ge=1)
    """POST /auth/device by address; the next two by device or person."""
    presigns_a_minute: int = Field(500, ge=1)
    events_a_minute: int = Field(1000, ge=1)
    revocation_seconds: float = Field(10, ge=0, le=300)
    """So long a token can work after its device was revoked or its person disabled."""
    rate_limit_storage: str = "memory://"
    """`redis://host:port/db` when several processes serve; while it is away, each counts alone."""
    trusted_proxies: Listed[IPvAnyNetwork] = []
    """Networks whose X-Forwarded-For is believed, e.g. `10.0.0.0/8,127.0.0.1/32`."""
    cors_origins: Listed[str] = []
    """Web pages of other origins that may call, e.g. `https://portal.example`."""
    portal_dir: Path | None = None
    """The built portal, `web/portal/dist`; without it no pages are served."""


class BridgeSettings(Aws, Temporal):
    """The SQS consumer: `bridge.__main__`."""

    sqs_queue_url: str
    bridge_batches: int = Field(2, ge=1, le=16)
    sqs_wait_seconds: int = Field(20, ge=0, le=20)
    """A stop waits for the long poll under way, so this bounds how long one takes."""


class WorkerSettings(Aws, Temporal):
    """The Temporal worker: `worker.py`."""

    worker_database_url: SecretStr
    worker_cores: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    scratch_dir: Path = Path("/tmp/imaging360-scratch")
    scratch_max_bytes: int = 2 * 2**30
    max_upload_bytes: int = 50 * 2**20
    max_pixels: int = 64_000_000
    decode_seconds: float = Field(60.0, gt=0)
    """Wall-clock time for one photo; the slowest accepted take ten seconds on a busy machine."""
    decode_memory_bytes: int = Field(736 * 2**20, ge=256 * 2**20)
    """Private memory, reserved or used, of one decoding process; there is one for each core."""
    sharpness_fail: float = 100.0
    sharpness_warn: float = 300.0
    clipped_share_fail: float = 0.05
    phash_distance: int = Field(6, ge=0, le=64)
    graceful_shutdown_seconds: float = 10.0
    worker_version: str | None = Field(None, pattern=r"^[^.]+\..+$")
    """`<deployment name>.<build id>` switches worker versioning on: nothing runs here until
    somebody makes this version current."""
    ledger_seconds: int = Field(60, ge=5)
    """How often the promise ledger runs; a change counts from the worker's next start."""
    ledger_grace_seconds: int = Field(120, ge=1)
    """An object whose event has not led to a workflow by then was missed by us."""
    ledger_lost_seconds: int = Field(900, ge=0)
    """What has not arrived so long after its URL expired is given up."""
    ledger_sample: int = Field(20, ge=0, le=1000)
    """Sessions whose thumbnails are looked for in S3 in each run, in rotation."""
    abandon_seconds: int = Field(900, ge=5)
    """How often silent sessions are looked for."""
    abandon_after_seconds: int = Field(86400, ge=1)
    """Active sessions without any sign of life for so long become `abandoned`."""
    sdk_metrics_port: int | None = Field(None, ge=1, le=65535)
    """Where Prometheus reads the Temporal SDK's own metrics, on `metrics_host`."""


class OperatorSettings(Temporal):
    """The operators' command line past the API: `ops --direct` and `ops reprocess`."""

    reprocess_sample: int = Field(200, ge=1)
    """Images in a dry run, unless the operator says."""
    reprocess_canary: int = Field(100, ge=1)
    """Images after which a campaign waits for approval, unless the operator says."""


class DeadLetterSettings(Aws):
    """`ops dlq`. Its AWS keys may read and empty the one queue, and send to the other."""

    sqs_queue_url: str
    sqs_dead_letter_url: str


class DatabaseSettings(Common):
    """The owner's connection, for migrations only: `cli db`."""

    owner_database_url: SecretStr
    api_role_password: SecretStr | None = None
    worker_role_password: SecretStr | None = None


Loaded = TypeVar("Loaded", bound=Common)


def load(settings: type[Loaded]) -> Loaded:
    """Read a door's settings; on a missing or wrong one, end the process with one line."""
    try:
        return settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"IMAGING360_{'_'.join(map(str, item['loc'])).upper()}: {item['msg'].lower()}"
            for item in error.errors()
        )
        raise SystemExit(f"settings: {wrong}") from None
