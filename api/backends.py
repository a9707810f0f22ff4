"""What the API works with: the adapters, built by the door, and the settings that it obeys."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from adapters.metrics import ApiMetrics
from adapters.oidc import OidcVerifier
from adapters.parked import ParkedImages
from adapters.ports import ObjectStore
from adapters.postgres import AsyncDatabase
from adapters.temporal import PendingImages
from adapters.tracing import OFF, Tracing
from api.images.urls import SignedUrls
from api.live.hub import Hub
from api.principal import Tokens
from api.rate_limits import RateLimits
from api.revocation import Revocations


@dataclass(frozen=True)
class Options:
    """How this deployment behaves."""

    open_enrollment: bool = False
    presign_seconds: int = 900
    max_upload_bytes: int = 50 * 2**20


@dataclass(frozen=True)
class Backends:
    """Everything outside, ready to use."""

    database: AsyncDatabase
    store: ObjectStore
    urls: SignedUrls
    pending: PendingImages
    parked: ParkedImages
    oidc: OidcVerifier
    tokens: Tokens
    limits: RateLimits
    revocations: Revocations
    live: Hub
    options: Options
    metrics: ApiMetrics = field(default_factory=ApiMetrics)
    tracing: Tracing = OFF


OpenBackends = Callable[[], AbstractAsyncContextManager[Backends]]
"""Opens everything at the start of the API and closes it at the end."""
