"""Campaigns in PostgreSQL: which images, and what came of computing them anew."""

import json
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, cast, func, null, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.housekeeping_ports import CampaignRefusedError
from adapters.postgres import Database
from adapters.records import captured_at, findings
from schema import reprocess
from schema.contracts import ImageRef, RecordInput
from schema.reprocess import (
    BatchDone,
    BatchTask,
    CampaignState,
    Change,
    Closing,
    PageLook,
)
from schema.tables.capture import Upload
from schema.tables.media import Image
from schema.tables.reprocess import Campaign, ImageResult

_UNFINISHED = {CampaignState.COMPUTING, CampaignState.CANCELLED, CampaignState.SAMPLED}

# A failed image's row keeps the report that it got before it failed; its verdict is the failure.
_CHANGES = text(
    """
    WITH pairs AS (
        SELECT i.id,
               CASE WHEN i.status = 'failed' THEN '{"overall": "failed"}'::jsonb ELSE i.qc END old,
               CASE WHEN r.failure IS NULL THEN r.results->'qc'
                    ELSE '{"overall": "failed"}'::jsonb END new,
               i.failure->>'code' old_failure, r.failure->>'code' new_failure
        FROM image_results r JOIN images i ON i.id = r.image_id AND i.org_id = r.org_id
        WHERE r.org_id = :org_id AND r.campaign_id = :campaign_id
    ), looks AS (
        SELECT id, what, coalesce(before, 'none') before, coalesce(after, 'none') after
        FROM pairs CROSS JOIN LATERAL (VALUES
            ('verdict', old->>'overall', new->>'overall'),
            ('sharpness', old->>'sharpness', new->>'sharpness'),
            ('exposure', old->>'exposure', new->>'exposure'),
            ('failure', old_failure, new_failure)
        ) look (what, before, after)
    )
    SELECT what, before, after, count(*),
           (array_agg(id ORDER BY id) FILTER (WHERE before <> after))[1:5]
    FROM looks GROUP BY what, before, after
    ORDER BY array_position(ARRAY['verdict', 'sharpness', 'exposure', 'failure'], what),
             count(*) DESC, before, after
    """
)


class PostgresCampaigns:
    """`adapters.housekeeping_ports.Campaigns`; each call is one transaction of one tenant.

    `versions` is what computes here: it is kept with each result.
    """

    def __init__(self, database: Database, versions: dict[str, str]) -> None:
        self._database = database
        self._versions = versions

    def open(self, campaign: reprocess.Campaign) -> int:
        """Write it down, or take it up again; how many images it is about."""
        org_id = UUID(campaign.org_id)
        with self._database.transaction(org_id) as session:
            known = session.get(Campaign, UUID(campaign.id), with_for_update=True)
            if known is not None and known.state not in _UNFINISHED:
                raise CampaignRefusedError(f"this campaign is {known.state}: start another one")
            total = session.scalar(select(func.count()).select_from(_chosen(campaign).subquery()))
            if not total:
                raise CampaignRefusedError("no image of this organization matches")
            about = {
                "state": CampaignState.COMPUTING.value,
                "actor": campaign.actor,
                "selection": asdict(campaign.selection),
            }
            # Not through the model: the campaign's age is told by the clock that images go by.
            added = insert(Campaign).values(id=UUID(campaign.id), org_id=org_id, **about)
            session.execute(added.on_conflict_do_update(index_elements=["id"], set_=about))
            return total

    def page(self, look: PageLook) -> list[str]:
        """The ids of the next images, none younger than the campaign."""
        campaign = look.campaign
        wanted = _chosen(campaign)
        if look.after is not None:
            wanted = wanted.where(col(Image.id) > UUID(look.after))
        with self._database.transaction(UUID(campaign.org_id)) as session:
            found = session.scalars(wanted.order_by(col(Image.id)).limit(look.limit))
            return [str(image_id) for image_id in found]

    def changes(self, campaign: reprocess.Campaign) -> list[Change]:
        """What the results would change, counted."""
        values = {"org_id": UUID(campaign.org_id), "campaign_id": UUID(campaign.id)}
        with self._database.transaction(UUID(campaign.org_id)) as session:
            return [
                Change(what, before, after, count, [str(image) for image in examples or ()])
                for what, before, after, count, examples in session.execute(_CHANGES, values)
            ]

    def close(self, closing: Closing) -> None:
        """Write down how it ended."""
        org_id = UUID(closing.org_id)
        own = (col(Campaign.org_id) == org_id, col(Campaign.id) == UUID(closing.campaign_id))
        said = {closing.state: asdict(closing.progress)}
        report = col(Campaign.report).op("||")(cast(said, JSONB))
        with self._database.transaction(org_id) as session:
            session.execute(update(Campaign).where(*own).values(state=closing.state, report=report))

    def waiting(self, batch: BatchTask) -> list[ImageRef]:
        """Those of the batch that have no result yet."""
        wanted = (
            select(Image)
            .where(col(Image.org_id) == UUID(batch.org_id))
            .where(col(Image.id).in_([UUID(image_id) for image_id in batch.image_ids]))
            .where(~select(ImageResult).where(_result_of(batch.campaign_id)).exists())
            .order_by(col(Image.id))
        )
        with self._database.transaction(UUID(batch.org_id)) as session:
            return [_ref(image) for image in session.scalars(wanted)]

    def keep(self, campaign_id: str, found: RecordInput) -> None:
        """Write one image's result down, beside the one that is shown."""
        org_id = UUID(found.image.org_id)
        with self._database.transaction(org_id) as session:
            values = {
                "campaign_id": UUID(campaign_id),
                "image_id": UUID(found.image.upload_id),
                "org_id": org_id,
                "results": _columns(session, found)
                | {"versions": self._versions | {"campaign": campaign_id}},
                "failure": vars(found.failure) if found.failure else null(),
            }
            session.execute(insert(ImageResult).values(**values).on_conflict_do_nothing())

    def counted(self, batch: BatchTask) -> BatchDone:
        """How many of the batch have a result."""
        ids = [UUID(image_id) for image_id in batch.image_ids]
        failed = func.count().filter(col(ImageResult.failure).is_not(None))
        wanted = (
            select(func.count(), failed)
            .where(col(ImageResult.org_id) == UUID(batch.org_id))
            .where(col(ImageResult.campaign_id) == UUID(batch.campaign_id))
            .where(col(ImageResult.image_id).in_(ids))
        )
        with self._database.transaction(UUID(batch.org_id)) as session:
            return BatchDone(*session.execute(wanted).one())


def _chosen(campaign: reprocess.Campaign) -> Select[UUID]:
    """Images that the selection takes, none younger than the campaign."""
    selection, org_id = campaign.selection, UUID(campaign.org_id)
    born = select(col(Campaign.created_at)).where(
        col(Campaign.id) == UUID(campaign.id), col(Campaign.org_id) == org_id
    )
    wanted = select(col(Image.id)).where(
        col(Image.org_id) == org_id,
        col(Image.created_at) <= func.coalesce(born.scalar_subquery(), func.now()),
    )
    if selection.site_id:
        wanted = wanted.where(col(Image.site_id) == UUID(selection.site_id))
    if selection.session_id:
        wanted = wanted.where(col(Image.session_id) == UUID(selection.session_id))
    if selection.qc_below is not None:
        wanted = wanted.where(func.coalesce(col(Image.qc_version), 0) < selection.qc_below)
    if selection.since:
        wanted = wanted.where(col(Image.created_at) >= datetime.fromisoformat(selection.since))
    if selection.until:
        wanted = wanted.where(col(Image.created_at) < datetime.fromisoformat(selection.until))
    return wanted


def _result_of(campaign_id: str) -> ColumnElement[bool]:
    same = col(ImageResult.image_id) == col(Image.id)
    return same & (col(ImageResult.campaign_id) == UUID(campaign_id))


def _ref(image: Image) -> ImageRef:
    return ImageRef(
        upload_id=str(image.id),
        org_id=str(image.org_id),
        site_id=str(image.site_id),
        session_id=str(image.session_id),
        storage_key=image.storage_key,
    )


def _columns(session: Session, found: RecordInput) -> dict[str, object]:
    upload = session.get_one(Upload, UUID(found.image.upload_id))
    columns = findings(found) | {"captured_at": captured_at(session, upload, found)}
    plain: dict[str, object] = json.loads(json.dumps(columns, default=str))
    return plain
