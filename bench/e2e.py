"""The whole pipeline on real processes, beside the same work by Celery; see docs/benchmarks.md."""

import tempfile
from pathlib import Path

from bench import celery_peer_run, e2e_batch, e2e_burst, e2e_fairness, e2e_photos, e2e_world
from bench.celery_peer_run import Peer
from bench.e2e_batch import PATIENCE, Batch
from bench.e2e_world import World
from bench.results import Figure

# A burst takes seconds, so fewer than of what takes milliseconds.
_MOST_BURSTS = 5
IMAGES = 240


def run(rounds: int, images: int = IMAGES) -> list[Figure]:
    """Measure everything; takes some four minutes on two idle cores."""
    print(f"{images} images of 12 MP through one worker")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        photos = root / "photos"
        photos.mkdir()
        with e2e_world.started(root) as world:
            return _measure(world, photos, min(rounds, _MOST_BURSTS), images)


def _measure(world: World, folder: Path, bursts: int, images: int) -> list[Figure]:
    stack, large = world.stack, e2e_photos.large(folder)
    seen = e2e_burst.measure(stack, large, bursts)
    ours, tenant = e2e_batch.measure(world, large, images)
    fair = e2e_fairness.measure(stack, e2e_photos.small(folder))
    # Last, when the worker has nothing to do: the peer shall have the machine for itself.
    stack.stop_part("bridge")
    world.worker.stop(kill=True)
    peer = celery_peer_run.measure(stack, world.root, tenant.org_id, PATIENCE)
    return [
        Figure("e2e.images", ours.images, ""),
        *seen,
        *ours.figures(),
        *_compared(ours, peer),
        *fair,
    ]


def _compared(ours: Batch, peer: Peer | None) -> list[Figure]:
    if peer is None:
        return []
    return [
        Figure("e2e.vs_celery", ours.per_second / peer.per_second, "x", ">= 2.5"),
        Figure("e2e.vs_celery_cpu", peer.cpu_ms / ours.cpu_ms, "x"),
        Figure("e2e.celery_images_per_second", peer.per_second, "1/s"),
        Figure("e2e.celery_cpu_ms", peer.cpu_ms, "CPU ms"),
    ]
