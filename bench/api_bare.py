"""What the API is measured against: a route that makes the same statements, and nothing else.

No token, no tenant's policy (it connects as the superuser), no check, no log, no signature. Run as
`python -m bench.api_bare URL PORT`.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import uvicorn
from fastapi import FastAPI, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

POOL_SIZE = 10
_SESSION = text("SELECT org_id, site_id, mode, status FROM sessions WHERE id = :id")
_PROMISE = text(
    "INSERT INTO uploads (id, org_id, site_id, session_id, storage_key, file_name, content_type,"
    " sha256, size, angle_deg, shot_name, expires_at, requested_by)"
    " VALUES (:id, :org_id, :site_id, :session_id, :storage_key,"
    " :file_name, :content_type, :sha256, :size, :angle_deg, :shot_name,"
    " :expires_at, :requested_by)"
    " ON CONFLICT (session_id, sha256, coalesce(angle_deg, -1), coalesce(shot_name, ''))"
    " DO UPDATE SET expires_at = excluded.expires_at, size = coalesce(excluded.size, uploads.size)"
    " RETURNING *"
)
_IMAGES = text(
    "SELECT id, session_id, status, angle_deg, shot_name, width, height, thumb_keys, storage_key,"
    " qc, failure, exif, hash_sha256, phash, captured_at, uploaded_at, created_at AS processed_at,"
    " created_at, published_at, published_by"
    " FROM images WHERE session_id = :id ORDER BY angle_deg NULLS LAST, created_at, id"
)
# As long as a signed URL is.
_BEFORE, _AFTER = "http://127.0.0.1:20000/imaging360/", f"?X-Amz-Algorithm={'x' * 250}"


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.engine = create_async_engine(sys.argv[1], pool_size=POOL_SIZE, max_overflow=0)
    yield
    await app.state.engine.dispose()


app = FastAPI(lifespan=_lifespan)


def _engine() -> AsyncEngine:
    engine: AsyncEngine = app.state.engine
    return engine


@app.post("/presign")
async def presign(body: dict[str, Any]) -> dict[str, Any]:
    """The session, the promise: two statements in one transaction."""
    async with _engine().begin() as connection:
        session = (await connection.execute(_SESSION, {"id": body["session_id"]})).one()
        upload_id = uuid4()
        values = {
            **{
                "size": None,
                "angle_deg": None,
                "shot_name": None,
                "sha256": body["content_sha256"],
            },
            **body,
            "id": upload_id,
            "org_id": session.org_id,
            "site_id": session.site_id,
            "storage_key": f"org/site/{session.site_id}/{upload_id}.jpg",
            "expires_at": datetime.now(UTC) + timedelta(minutes=15),
            "requested_by": upload_id,
        }
        row = (await connection.execute(_PROMISE, values)).mappings().one()
    return {"upload_id": row["id"], "storage_key": row["storage_key"], "method": "PUT"}


@app.get("/images")
async def images(session_id: UUID) -> Response:
    """The rows of one statement as they are, by the fastest serializer there is."""
    async with _engine().connect() as connection:
        rows = (await connection.execute(_IMAGES, {"id": session_id})).mappings().all()
    items = [_item(dict(row)) for row in rows]
    body = orjson.dumps({"items": items, "pending_known": True}, option=orjson.OPT_UTC_Z)
    return Response(body, media_type="application/json")


def _item(row: dict[str, Any]) -> dict[str, Any]:
    row["original_url"] = _BEFORE + row.pop("storage_key") + _AFTER
    row["thumb_urls"] = {size: _BEFORE + key + _AFTER for size, key in row["thumb_keys"].items()}
    row["phash"] = f"{int(row['phash'], 2):016x}"
    return row


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), access_log=False, log_level="warning")
