"""Who is who in the demonstration data."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["operator", "reviewer", "admin"]


@dataclass(frozen=True)
class Person:
    """A user that can sign in at the development issuer."""

    email: str
    name: str
    role: Role
    organization: str


DEMO = "Demo Motors"
OTHER = "Other Motors"
PEOPLE = (
    Person("operator@demo-motors.example", "Olivia Operator", "operator", DEMO),
    Person("reviewer@demo-motors.example", "Robin Reviewer", "reviewer", DEMO),
    Person("admin@demo-motors.example", "Ada Admin", "admin", DEMO),
    Person("outsider@other-motors.example", "Otto Outsider", "admin", OTHER),
)
