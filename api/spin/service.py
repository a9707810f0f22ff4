"""One best picture a frame: the newest good one, else what is known of a lesser one."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from adapters.repositories.spins import SpinRepository, Take
from api.errors import ApiError, Code
from api.images.schemas import Failure
from api.images.urls import SignedUrls
from api.sessions import shots
from api.sessions.schemas import ShotList
from api.spin.schemas import Frame, FrameCounts, FrameStatus, QcCounts, SpinManifest
from schema.enums import ImageStatus
from schema.tables.media import Image

_GOOD = (ImageStatus.PROCESSED, ImageStatus.PUBLISHED)


async def manifest(session_id: UUID, urls: SignedUrls, spins: SpinRepository) -> SpinManifest:
    """Raises ApiError: 404, or 409 for a session whose shot list has no spin."""
    found = await spins.of_session(session_id)
    if found is None:
        raise ApiError(Code.SESSION_NOT_FOUND)
    angles = shots.spin_angles(ShotList.model_validate(found.shot_list))
    if not angles:
        raise ApiError(Code.SESSION_HAS_NO_SPIN)
    places: dict[int, list[Take]] = defaultdict(list)
    for take in found.takes:
        places[shots.frame_of(take.angle_deg, len(angles))].append(take)
    frames = [_frame(index, angle, places[index], urls) for index, angle in enumerate(angles)]
    gaps = [frame.angle_deg for frame in frames if not frame.urls]
    return SpinManifest(
        session_id=session_id,
        session_status=found.status,
        total=len(frames),
        complete=not gaps,
        pending=any(frame.pending for frame in frames),
        counts=FrameCounts(**Counter(frame.status.value for frame in frames)),
        gaps=gaps,
        qc=QcCounts(**Counter(frame.qc for frame in frames if frame.qc)),
        frames=frames,
    )


def _frame(index: int, angle: int, takes: Sequence[Take], urls: SignedUrls) -> Frame:
    """The frame of an angle, from its takes, the newest first."""
    good = [take for take in takes if take.image is not None and take.image.status in _GOOD]
    waiting = next((at for at, take in enumerate(takes) if take.image is None), None)
    if good and good[0].image is not None:
        best, image = good[0], good[0].image
        return Frame(
            index=index,
            angle_deg=angle,
            status=FrameStatus(image.status),
            image_id=best.upload_id,
            shot_at_deg=best.angle_deg,
            urls=_urls(image, urls),
            qc=image.qc.get("overall"),
            # Only a newer take can still replace the picture.
            pending=waiting is not None and waiting < takes.index(best),
            superseded=len(good) - 1,
        )
    if not takes:
        return Frame(index=index, angle_deg=angle, status=FrameStatus.MISSING)
    return _without_picture(index, angle, takes[0 if waiting is None else waiting])


def _without_picture(index: int, angle: int, take: Take) -> Frame:
    failure = take.image.failure if take.image else None
    return Frame(
        index=index,
        angle_deg=angle,
        status=FrameStatus.FAILED if take.image else FrameStatus.PENDING,
        image_id=take.upload_id,
        shot_at_deg=take.angle_deg,
        failure=Failure.model_validate(failure) if failure else None,
        pending=take.image is None,
    )


def _urls(image: Image, urls: SignedUrls) -> dict[str, str]:
    sized = {size: urls.of(key) for size, key in image.thumb_keys.items()}
    return {**sized, "original": urls.of(image.storage_key)}
