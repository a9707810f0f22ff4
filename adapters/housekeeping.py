"""What jobs that concern every organization need of PostgreSQL."""

from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, text

from adapters.postgres import Database

_ORGANIZATIONS = text("SELECT * FROM list_organizations(:after, :limit)")

# A sign of life is a presign (which moves `expires_at` on), an arrival, an image, or an event that
# somebody else than the system wrote: about the session (each change of its status is one), or
# about one of its uploads and images, which share their ids.
_ABANDON = text(
    """
    WITH silent AS (
        SELECT s.id FROM sessions s
        WHERE s.org_id = :org_id AND s.status = 'active' AND s.created_at < :cutoff
          AND NOT EXISTS (
              SELECT FROM uploads u WHERE u.session_id = s.id AND u.org_id = s.org_id
              AND greatest(u.created_at, u.expires_at, u.arrived_at) >= :cutoff)
          AND NOT EXISTS (
              SELECT FROM images i WHERE i.session_id = s.id AND i.org_id = s.org_id
              AND i.created_at >= :cutoff)
          AND NOT EXISTS (
              SELECT FROM events e WHERE e.org_id = s.org_id AND e.entity_type = 'session'
              AND e.entity_id = s.id AND e.actor_type <> 'system' AND e.created_at >= :cutoff)
          AND NOT EXISTS (
              SELECT FROM events e JOIN uploads u ON u.id = e.entity_id AND u.org_id = e.org_id
              WHERE u.session_id = s.id AND e.org_id = s.org_id
              AND e.entity_type IN ('upload', 'image')
              AND e.actor_type <> 'system' AND e.created_at >= :cutoff)
        ORDER BY s.created_at LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ), abandoned AS (
        UPDATE sessions s SET status = 'abandoned' FROM silent
        WHERE s.id = silent.id AND s.org_id = :org_id AND s.status = 'active'
        RETURNING s.id
    )
    INSERT INTO events (org_id, entity_type, entity_id, event_type, actor_type, payload)
    SELECT :org_id, 'session', id, 'session.abandoned', 'system',
           jsonb_build_object('silent_seconds', :seconds)
    FROM abandoned
    """.replace(":cutoff", "(now() - make_interval(secs => :seconds))")
)


class PostgresTenants:
    """`adapters.housekeeping_ports.Tenants`: no row of any, only which there are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, org_id: UUID | None, limit: int) -> list[UUID]:
        """The next organizations in the order of their ids."""
        with self._database.transaction(None) as session:
            found = session.execute(_ORGANIZATIONS, {"after": org_id, "limit": limit})
            return list(found.scalars())


class PostgresSilentSessions:
    """`adapters.housekeeping_ports.SilentSessions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def abandon(self, org_id: UUID, silence_seconds: int, limit: int) -> int:
        """Abandon active sessions without any sign of life, each with its event."""
        values = {"org_id": org_id, "seconds": silence_seconds, "limit": limit}
        with self._database.transaction(org_id) as session:
            done: CursorResult[Any] = session.execute(_ABANDON, values)  # type: ignore[assignment]
            return done.rowcount
