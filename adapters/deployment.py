"""Worker versioning: which build a worker is, so that operators choose which builds work."""

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig


def deployment(version: str | None) -> WorkerDeploymentConfig | None:
    """For `Worker(deployment_config=...)`, from `<deployment name>.<build id>`.

    None is an unversioned worker.

    Raises:
        ValueError: there is no dot in it.
    """
    if version is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion.from_canonical_string(version),
        use_worker_versioning=True,
        # A parked image outlives the build that parked it, and wants the one that mends it.
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
