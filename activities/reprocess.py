"""Campaigns: images computed anew by the pipeline's own steps, and what is decided about them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from temporalio import activity

from activities.failures import PermanentFailure
from adapters.errors import TransientError
from adapters.housekeeping_ports import CampaignRefusedError, Campaigns, Turning
from imaging.errors import ImageRejected
from schema.contracts import (
    ExifResult,
    Failure,
    ImageRef,
    QcResult,
    RecordInput,
    StepInput,
    StoredFile,
    ThumbnailsResult,
)
from schema.reprocess import (
    BatchDone,
    BatchTask,
    Campaign,
    Change,
    Closing,
    PageLook,
    Turned,
    TurnTask,
)

_log = structlog.get_logger("reprocess")
Arg = TypeVar("Arg")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Steps:
    """The pipeline's steps that depend on the bytes alone."""

    download: Callable[[ImageRef], StoredFile]
    exif: Callable[[StepInput], ExifResult]
    thumbnails: Callable[[StepInput], ThumbnailsResult]
    qc: Callable[[StepInput], QcResult]


class Reprocessing:
    """Image work of a campaign. A batch that is tried again goes on where it broke off."""

    def __init__(self, campaigns: Campaigns, steps: Steps) -> None:
        self._campaigns = campaigns
        self._steps = steps

    @activity.defn(name="reprocess_batch")
    def reprocess_batch(self, batch: BatchTask) -> BatchDone:
        """Compute images anew, beside the results that are shown."""
        for image in self._campaigns.waiting(batch):
            self._campaigns.keep(batch.campaign_id, self._examined(batch.campaign_id, image))
        return self._campaigns.counted(batch)

    def _examined(self, campaign_id: str, image: ImageRef) -> RecordInput:
        """All that the steps find, or why one of them did not.

        Raises TransientError: the image is tried again, with its batch.
        """
        try:
            file = self._steps.download(image)
            step = StepInput(image, file, campaign_id)
            return RecordInput(
                image=image,
                file=file,
                exif=self._steps.exif(step),
                thumbnails=self._steps.thumbnails(step),
                qc=self._steps.qc(step),
            )
        except TransientError:
            raise
        except (PermanentFailure, ImageRejected) as verdict:
            return _failed(image, Failure("reprocess", str(verdict.code), verdict.message))
        except Exception as bug:
            # One image that meets a bug must not hold up the hundred thousand others.
            _log.exception("an image could not be computed anew", image_id=image.upload_id)
            kind = type(bug).__name__
            return _failed(image, Failure("reprocess", "unexpected_error", f"{kind}: {bug}", kind))


class CampaignDesk:
    """What a campaign asks of the database. Calls that block run in threads."""

    def __init__(self, campaigns: Campaigns, turning: Turning) -> None:
        self._campaigns = campaigns
        self._turning = turning

    @activity.defn(name="open_campaign")
    async def open_campaign(self, campaign: Campaign) -> int:
        """Write the campaign down; how many images it is about."""
        return await _asked(self._campaigns.open, campaign)

    @activity.defn(name="campaign_page")
    async def campaign_page(self, look: PageLook) -> list[str]:
        """The ids of the next images."""
        return await _asked(self._campaigns.page, look)

    @activity.defn(name="campaign_changes")
    async def campaign_changes(self, campaign: Campaign) -> list[Change]:
        """What the results would change."""
        return await _asked(self._campaigns.changes, campaign)

    @activity.defn(name="close_campaign")
    async def close_campaign(self, closing: Closing) -> None:
        """Write down how it ended."""
        await _asked(self._campaigns.close, closing)

    @activity.defn(name="open_turn")
    async def open_turn(self, task: TurnTask) -> int:
        """See that the campaign can be switched to, or back; how many images it is about."""
        return await _asked(self._turning.open, task)

    @activity.defn(name="turn_results")
    async def turn_results(self, task: TurnTask) -> Turned:
        """Switch the next images, or put back what they were."""
        return await _asked(self._turning.turn, task)


async def _asked(question: Callable[[Arg], Result], argument: Arg) -> Result:
    try:
        return await asyncio.to_thread(question, argument)
    except CampaignRefusedError as error:
        raise PermanentFailure("campaign_refused", str(error)) from error


def _failed(image: ImageRef, failure: Failure) -> RecordInput:
    return RecordInput(image, failure=failure)
