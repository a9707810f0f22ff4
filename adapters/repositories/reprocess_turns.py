"""Switching to a campaign's results, and back, batch by batch."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.housekeeping_ports import CampaignRefusedError
from adapters.postgres import Database
from schema.reprocess import CampaignState, Direction, Turned, TurnTask
from schema.tables.reprocess import Campaign, ImageResult

_COLUMNS = (
    "hash_sha256", "phash", "width", "height", "exif", "thumb_keys", "qc", "qc_version",
    "versions", "captured_at",
)  # fmt: skip
_LISTED = ", ".join(_COLUMNS)
_FORMER = ", ".join(f"'{name}'" for name in (*_COLUMNS, "status", "failure"))

# Locked before they are read: what a row said when it was replaced is what a rollback restores.
_LOCK = text(
    """
    SELECT r.image_id, r.former IS NOT NULL AS turned,
           i.versions->>'campaign' = CAST(:campaign AS text) AS ours,
           r.former->>'status' = 'failed' AND i.status = 'published' AS published_since
    FROM image_results r JOIN images i ON i.id = r.image_id AND i.org_id = r.org_id
    WHERE r.org_id = :org_id AND r.campaign_id = :campaign AND r.image_id > :after
      AND r.failure IS NULL
    ORDER BY r.image_id LIMIT :batch
    FOR UPDATE OF r, i
    """
)
_SAVE = text(
    f"""
    UPDATE image_results r SET switched_at = now(), former = (
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(i)) WHERE key IN ({_FORMER}))
    FROM images i
    WHERE i.id = r.image_id AND i.org_id = r.org_id
      AND r.org_id = :org_id AND r.campaign_id = :campaign AND r.image_id = ANY(:ids)
    """
)
# Likenesses to other images are not computed anew: they belong to the time of the capture.
_SWITCH = text(
    f"""
    UPDATE images i SET ({_LISTED}) = (
        SELECT {_LISTED.replace("qc,", "n.qc || kept.qc,", 1)}
        FROM jsonb_populate_record(NULL::images, r.results) n,
             (SELECT coalesce(jsonb_object_agg(key, value), '{{}}') qc FROM jsonb_each(i.qc)
              WHERE key IN ('duplicate_of', 'alike')) kept),
        status = CASE i.status WHEN 'failed' THEN 'processed' ELSE i.status END, failure = NULL
    FROM image_results r
    WHERE i.id = r.image_id AND i.org_id = r.org_id
      AND r.org_id = :org_id AND r.campaign_id = :campaign AND r.image_id = ANY(:ids)
    """
)
# A published image stays published; whoever withdrew it since stays obeyed as well.
_RESTORE = text(
    f"""
    UPDATE images i SET ({_LISTED}, failure) = (
        SELECT {_LISTED}, failure FROM jsonb_populate_record(NULL::images, r.former)),
        status = CASE r.former->>'status' WHEN 'failed' THEN 'failed' ELSE i.status END
    FROM image_results r
    WHERE i.id = r.image_id AND i.org_id = r.org_id
      AND r.org_id = :org_id AND r.campaign_id = :campaign AND r.image_id = ANY(:ids)
    """
)
_FORGET = text(
    """
    UPDATE image_results SET switched_at = NULL, former = NULL
    WHERE org_id = :org_id AND campaign_id = :campaign AND image_id = ANY(:ids)
    """
)
_TELL = text(
    """
    INSERT INTO events (org_id, entity_type, entity_id, event_type, actor_type, payload)
    SELECT :org_id, 'image', id, :event, 'user', jsonb_build_object(
        'campaign_id', CAST(:campaign AS text), 'actor', CAST(:actor AS text),
        'reason', CAST(:reason AS text))
    FROM unnest(CAST(:ids AS uuid[])) id
    """
)
_STATEMENTS = {Direction.SWITCH: (_SAVE, _SWITCH), Direction.ROLLBACK: (_RESTORE, _FORGET)}
_EVENTS = {Direction.SWITCH: "image.reprocessed", Direction.ROLLBACK: "image.reprocess_undone"}
_UNDER_WAY = {
    Direction.SWITCH: CampaignState.SWITCHING,
    Direction.ROLLBACK: CampaignState.ROLLING_BACK,
}
_HALF_WAY = {CampaignState.SWITCHING, CampaignState.ROLLING_BACK}
_ALLOWED = {
    Direction.SWITCH: {CampaignState.COMPUTED, CampaignState.ROLLED_BACK} | _HALF_WAY,
    Direction.ROLLBACK: {CampaignState.SWITCHED} | _HALF_WAY,
}


class PostgresTurning:
    """`adapters.housekeeping_ports.Turning`; each call is one transaction of one tenant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, task: TurnTask) -> int:
        """How many images it is about, with their results ready."""
        org_id, campaign_id = UUID(task.org_id), UUID(task.campaign_id)
        direction = Direction(task.direction)
        with self._database.transaction(org_id) as session:
            known = session.scalar(
                select(Campaign).where(col(Campaign.id) == campaign_id).with_for_update()
            )
            if known is None:
                raise CampaignRefusedError("this organization has no such campaign")
            if known.state not in _ALLOWED[direction]:
                raise CampaignRefusedError(f"no {direction} of a campaign that is {known.state}")
            own = (col(Campaign.org_id) == org_id, col(Campaign.id) == campaign_id)
            under_way = _UNDER_WAY[direction].value
            session.execute(update(Campaign).where(*own).values(state=under_way))
            return _ready(session, org_id, campaign_id)

    def turn(self, task: TurnTask) -> Turned:
        """Turn the next batch in one transaction, with an event for each image."""
        direction = Direction(task.direction)
        values: dict[str, Any] = {"org_id": UUID(task.org_id), "campaign": UUID(task.campaign_id)}
        with self._database.transaction(UUID(task.org_id)) as session:
            after = UUID(task.after) if task.after else UUID(int=0)
            rows = session.execute(_LOCK, values | {"after": after, "batch": task.batch}).all()
            switching = direction is Direction.SWITCH
            due = [row for row in rows if row.turned is not switching]
            # Another campaign's results came on top, or somebody published what had failed.
            movable = [r for r in due if switching or (r.ours and not r.published_since)]
            if movable:
                values["ids"] = [row.image_id for row in movable]
                _turn(session, direction, values, task)
            kept = len(due) - len(movable)
            return Turned(len(rows) - kept, kept, str(rows[-1].image_id) if rows else None)


def _turn(session: Session, direction: Direction, values: dict[str, Any], task: TurnTask) -> None:
    for statement in _STATEMENTS[direction]:
        session.execute(statement, values)
    told = {"event": _EVENTS[direction], "actor": task.actor, "reason": task.reason}
    session.execute(_TELL, values | told)


def _ready(session: Session, org_id: UUID, campaign_id: UUID) -> int:
    own = (col(ImageResult.org_id) == org_id, col(ImageResult.campaign_id) == campaign_id)
    whole = col(ImageResult.failure).is_(None)
    return session.scalar(select(func.count()).select_from(ImageResult).where(*own, whole)) or 0
