"""Health on the wire."""

from enum import StrEnum

from api.models import ResponseModel


class Health(StrEnum):
    """`degraded`: works, with something missing."""

    OK = "ok"
    DEGRADED = "degraded"


class Alive(ResponseModel):
    """The process answers."""

    status: Health = Health.OK


class Ready(ResponseModel):
    """The parts that requests need."""

    status: Health
    postgres: bool
    temporal: bool
