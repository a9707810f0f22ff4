"""All tables in one place, for migrations and for the row-level security tests."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from schema.tables.capture import Session, Upload, Vehicle
from schema.tables.live import LiveTicket
from schema.tables.media import Event, Image
from schema.tables.reprocess import Campaign, ImageResult
from schema.tables.tenancy import (
    Device,
    EnrollmentCode,
    Organization,
    Site,
    User,
    UserSiteAccess,
)

TENANT_TABLES = (
    Organization,
    Site,
    User,
    UserSiteAccess,
    EnrollmentCode,
    Device,
    Vehicle,
    Session,
    Upload,
    Image,
    Event,
    LiveTicket,
    Campaign,
    ImageResult,
)


def metadata() -> MetaData:
    """The metadata that holds every table."""
    return SQLModel.metadata
