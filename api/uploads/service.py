"""Presigning: a promise in the database, and a URL that takes exactly what was promised."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from adapters.ports import PresignedPut, PutTerms
from adapters.repositories import uploads
from adapters.repositories.scope import Scope
from adapters.repositories.uploads import (
    Promise,
    PromisedUpload,
    UploadRepository,
    UploadTarget,
)
from api.backends import Backends, Options
from api.deps import tenant_transaction
from api.errors import ApiError, Code
from api.principal import Principal
from api.uploads.schemas import Presign, PresignedUpload, UploadStatus
from schema.enums import CaptureMode, SessionStatus
from schema.keys import original_key
from schema.origin import Origin


async def presign(
    body: Presign, caller: Principal, parts: Backends, origin: Origin
) -> PresignedUpload:
    """Two statements: the session, the promise. Raises ApiError.

    A session that was abandoned for its silence is active again: this breaks the silence.

    Each is a transaction of its own: a session that ends in between takes one more upload, as it
    would if this request had come first.

    `origin` travels with the object, so that whoever processes it can name this request.
    """
    _check_file(body, parts.options)
    target = await _target(body.session_id, parts, caller.scope)
    _check_target(body, target)
    wanted = _promise(body, caller, target, parts.options)
    promised = await uploads.promise(parts.database, caller.scope, wanted)
    if promised.stored:
        return _stored(promised)
    tags = _tags(wanted, caller, target)
    terms = _terms(wanted, promised, tags, origin)
    signed = parts.store.presign_put(terms, parts.options.presign_seconds)
    return _to_send(promised, signed)


async def _target(session_id: UUID, parts: Backends, scope: Scope) -> UploadTarget:
    target = await uploads.target(parts.database, scope, session_id)
    if target is not None and target.status is SessionStatus.ABANDONED:
        async with tenant_transaction(parts, scope) as db:
            await UploadRepository(db, scope).wake(session_id)
        target = await uploads.target(parts.database, scope, session_id)
    if target is None:
        raise ApiError(Code.SESSION_NOT_FOUND)
    return target


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


def _promise(body: Presign, caller: Principal, target: UploadTarget, options: Options) -> Promise:
    upload_id = uuid4()
    org_id = caller.scope.org_id
    key = original_key(org_id, target.site_id, body.session_id, upload_id, body.content_type)
    return Promise(
        id=upload_id,
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
    )


def _stored(upload: PromisedUpload) -> PresignedUpload:
    return PresignedUpload(
        upload_id=upload.id,
        status=UploadStatus.STORED,
        upload_url=None,
        headers={},
        storage_key=upload.storage_key,
        expires_at=None,
    )


def _to_send(upload: PromisedUpload, signed: PresignedPut) -> PresignedUpload:
    return PresignedUpload(
        upload_id=upload.id,
        status=UploadStatus.SEND,
        upload_url=signed.url,
        headers=dict(signed.headers),
        storage_key=upload.storage_key,
        expires_at=upload.expires_at,
    )


def _terms(
    wanted: Promise, promised: PromisedUpload, tags: dict[str, str], origin: Origin
) -> PutTerms:
    return PutTerms(
        key=promised.storage_key,
        content_type=promised.content_type,
        sha256_hex=wanted.sha256,
        size=promised.size,
        metadata={"upload-id": str(promised.id)},
        tags=tags | origin.as_tags(),
    )


def _tags(wanted: Promise, caller: Principal, target: UploadTarget) -> dict[str, str]:
    # S3 takes up to ten tags of letters, digits and a few signs: ids and words only.
    return {
        "org": str(caller.scope.org_id),
        "site": str(wanted.site_id),
        "session": str(wanted.session_id),
        "mode": target.mode,
        "slot": wanted.shot_name or ("" if wanted.angle_deg is None else str(wanted.angle_deg)),
    }
