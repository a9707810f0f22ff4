"""Every part that a stack can have, in the order in which people read them."""

from devstack.ministack import Ministack
from devstack.oidc import Oidc
from devstack.part import Part, Run
from devstack.postgres import Postgres
from devstack.seaweed import Seaweed
from devstack.seed_part import Seed
from devstack.services import Api, Bridge, Schema, Worker
from devstack.temporal import Temporal

_CLASSES: dict[str, type[Part]] = {
    "postgres": Postgres,
    "temporal": Temporal,
    "s3": Ministack,
    "oidc": Oidc,
    "schema": Schema,
    "seed": Seed,
    "api": Api,
    "bridge": Bridge,
    "worker": Worker,
    "seaweed": Seaweed,
}
SERVERS = frozenset({"postgres", "temporal", "s3", "oidc"})
ALL = frozenset(_CLASSES) - {"seaweed"}  # tests ask for that one by its name


def make(name: str, run: Run) -> Part:
    """The part `name`; `worker-2`, `worker-3`, ... are further workers."""
    return _CLASSES["worker" if name.startswith("worker-") else name](name, run)


def ordered(names: set[str], workers: int) -> list[str]:
    """`names` in reading order, with as many workers as wanted."""
    more = [f"worker-{n}" for n in range(2, workers + 1) if "worker" in names]
    return [name for name in _CLASSES if name in names] + more
