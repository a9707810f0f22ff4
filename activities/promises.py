"""What a promise's state asks for. Pure: rows, a listing and the time in, a verdict out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, auto

from adapters.housekeeping_ports import Entry
from adapters.ports import ObjectInfo
from schema.housekeeping import LedgerRules


class Verdict(Enum):
    """What is to be done about a promise."""

    KEPT = auto()
    """The image has its row, and its thumbnails are in S3."""
    WAIT = auto()
    """Nothing came yet, or so lately that the event may be on its way."""
    PROCESS = auto()
    """The object is there without a row: see that it has a workflow."""
    LOST = auto()
    """Nothing came, and nothing can come any more."""
    REPAIR = auto()
    """Thumbnails are missing; they can be made again."""
    BEYOND_REPAIR = auto()
    """Thumbnails are missing, and so is the original."""


Objects = Mapping[str, ObjectInfo]


def judge(entry: Entry, objects: Objects, now: datetime, rules: LedgerRules) -> Verdict:
    """Hold one promise against the objects of its session's folder."""
    if entry.recorded:
        return _judge_thumbnails(entry, objects)
    grace = timedelta(seconds=rules.grace_seconds)
    found = objects.get(entry.image.storage_key)
    if entry.arrived or (found is not None and found.stored_at <= now - grace):
        return Verdict.PROCESS
    if found is None and entry.expires_at + timedelta(seconds=rules.lost_seconds) < now:
        return Verdict.LOST
    return Verdict.WAIT


def _judge_thumbnails(entry: Entry, objects: Objects) -> Verdict:
    if all(key in objects for key in entry.thumbnails):
        return Verdict.KEPT
    known = entry.image.storage_key in objects
    return Verdict.REPAIR if known else Verdict.BEYOND_REPAIR
