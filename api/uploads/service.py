"""Presigning: a promise in the database, and a URL that takes exactly what was promised."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from adapters.ports import ObjectStore, PutTerms
from adapters.repositories.uploads import UploadRepository, UploadTarget
from api.backends import Options
from api.errors import ApiError, Code
from api.principal import Principal
from api.uploads.schemas import Presign, PresignedUpload, UploadStatus
from schema.enums import CaptureMode, SessionStatus
from schema.keys import original_key
from schema.tables.capture import Upload


async def presign(
    body: Presign,
    caller: Principal,
    uploads: UploadRepository,
    store: ObjectStore,
    options: Options,
) -> PresignedUpload:
    """Two statements: the session, the promise. Raises ApiError."""
    _check_file(body, options)
    target = await uploads.target(body.session_id)
    if target is None:
        raise ApiError(Code.SESSION_NOT_FOUND)
    _check_target(body, target)
    promised = await uploads.promise(_promise(body, caller, target, options))
    if promised.stored:
        return _stored(promised.upload)
    return _to_send(promised.upload, target, store, options)


def _check_file(body: Presign, options: Options) -> None:
    if body.size is not None and body.size > options.max_upload_bytes:
        raise ApiError(
            Code.FILE_TOO_LARGE,
            f"{body.size} bytes are more than the {options.max_upload_bytes} that are taken.",
        )
    if body.angle_deg is not None and body.shot_name is not None:
        raise ApiError(Code.SLOT_AMBIGUOUS, "Give angle_deg or shot_name, not both.")


def _check_target(body: Presign, target: UploadTarget) -> None:
    if target.status is not SessionStatus.ACTIVE:
        raise ApiError(Code.SESSION_NOT_ACTIVE, f"The session is {target.status}.")
    is_spin = target.mode != CaptureMode.STILLS
    if is_spin and body.angle_deg is None and body.shot_name is None:
        raise ApiError(Code.SLOT_REQUIRED, "A frame of a spin needs angle_deg.")


def _promise(body: Presign, caller: Principal, target: UploadTarget, options: Options) -> Upload:
    upload_id = uuid4()
    org_id = caller.scope.org_id
    key = original_key(org_id, target.site_id, body.session_id, upload_id, body.content_type)
    return Upload(
        id=upload_id,
        org_id=org_id,
        site_id=target.site_id,
        session_id=body.session_id,
        storage_key=str(key),
        file_name=body.file_name,
        content_type=body.content_type.value,
        sha256=body.content_sha256,
        size=body.size,
        angle_deg=body.angle_deg,
        shot_name=body.shot_name,
        expires_at=datetime.now(UTC) + timedelta(seconds=options.presign_seconds),
        requested_by=caller.scope.actor_id,
    )


def _stored(upload: Upload) -> PresignedUpload:
    return PresignedUpload(
        upload_id=upload.id,
        status=UploadStatus.STORED,
        upload_url=None,
        headers={},
        storage_key=upload.storage_key,
        expires_at=None,
    )


def _to_send(
    upload: Upload, target: UploadTarget, store: ObjectStore, options: Options
) -> PresignedUpload:
    signed = store.presign_put(_terms(upload, target), options.presign_seconds)
    return PresignedUpload(
        upload_id=upload.id,
        status=UploadStatus.SEND,
        upload_url=signed.url,
        headers=dict(signed.headers),
        storage_key=upload.storage_key,
        expires_at=upload.expires_at,
    )


def _terms(upload: Upload, target: UploadTarget) -> PutTerms:
    slot = upload.shot_name or ("" if upload.angle_deg is None else str(upload.angle_deg))
    return PutTerms(
        key=upload.storage_key,
        content_type=upload.content_type,
        sha256_hex=upload.sha256,
        size=upload.size,
        metadata={"upload-id": str(upload.id)},
        # S3 takes up to ten tags of letters, digits and a few signs: ids and words only.
        tags={
            "org": str(upload.org_id),
            "site": str(upload.site_id),
            "session": str(upload.session_id),
            "mode": target.mode,
            "slot": slot,
        },
    )
