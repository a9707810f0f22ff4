"""Role x route x own site, other site, other organization: generated from the routes."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.application import contract_app
from api.openapi import operations
from schema.enums import Role
from tests.api.client import Api, good, problem
from tests.api.world import Org

ROUTES = {
    (method, str(context.path_format)): permissions
    for context, permissions in operations(contract_app())
    for method in sorted(context.methods or ())
}
PROTECTED = {
    route: permissions[0].roles
    for route, permissions in ROUTES.items()
    if len(permissions) == 1 and permissions[0].roles is not None
}
PLACES = ("here", "elsewhere", "foreign")


@dataclass(frozen=True)
class Target:
    """What a request is about."""

    site: UUID
    session: UUID
    image: UUID
    user: UUID
    device: UUID
    code: UUID


@dataclass(frozen=True)
class Request:
    """How a route is called for a target."""

    path: str
    json: Any = None
    params: dict[str, Any] | None = None


def _presign(target: Target) -> Request:
    body = {
        "session_id": str(target.session),
        "file_name": "a.jpg",
        "content_type": "image/jpeg",
        "content_sha256": "ab" * 32,
        "angle_deg": 90,
    }
    return Request("/presign", body)


def _event(target: Target) -> Request:
    session = str(target.session)
    body = {"entity_type": "session", "entity_id": session, "event_type": "session.paused"}
    return Request("/events", body)


def _open(target: Target) -> Request:
    body = {"site_id": str(target.site), "mode": "stills", "stock_number": uuid4().hex}
    return Request("/sessions", body)


# One line a route: a new route that is not here fails the first test.
REQUESTS: dict[tuple[str, str], Callable[[Target], Request]] = {
    ("POST", "/sessions"): _open,
    ("GET", "/sessions"): lambda t: Request("/sessions", params={"site_id": t.site}),
    ("GET", "/sessions/{session_id}"): lambda t: Request(f"/sessions/{t.session}"),
    ("PATCH", "/sessions/{session_id}"): lambda t: Request(
        f"/sessions/{t.session}", {"status": "completed"}
    ),
    ("GET", "/sessions/{session_id}/spin"): lambda t: Request(f"/sessions/{t.session}/spin"),
    ("POST", "/presign"): _presign,
    ("POST", "/events"): _event,
    ("GET", "/images"): lambda t: Request("/images", params={"session_id": t.session}),
    ("GET", "/images/{image_id}"): lambda t: Request(f"/images/{t.image}"),
    ("POST", "/images/publish"): lambda t: Request(
        "/images/publish", {"session_id": str(t.session)}
    ),
    ("POST", "/images/{image_id}/publish"): lambda t: Request(f"/images/{t.image}/publish"),
    ("DELETE", "/images/{image_id}/publish"): lambda t: Request(f"/images/{t.image}/publish"),
    ("GET", "/live"): lambda t: Request("/live", params={"session_id": t.session}),
    ("POST", "/live/tickets"): lambda t: Request("/live/tickets", {"session_id": str(t.session)}),
    ("GET", "/users"): lambda t: Request("/users"),
    ("POST", "/users"): lambda t: Request(
        "/users", {"email": f"{uuid4().hex}@x.example", "role": "operator"}
    ),
    ("PATCH", "/users/{user_id}"): lambda t: Request(f"/users/{t.user}", {"disabled": False}),
    ("GET", "/sites"): lambda t: Request("/sites"),
    ("POST", "/sites"): lambda t: Request("/sites", {"name": uuid4().hex}),
    ("GET", "/devices"): lambda t: Request("/devices"),
    ("POST", "/devices/{device_id}/revoke"): lambda t: Request(f"/devices/{t.device}/revoke"),
    ("GET", "/enrollment-codes"): lambda t: Request("/enrollment-codes"),
    ("POST", "/enrollment-codes"): lambda t: Request("/enrollment-codes", {}),
    ("POST", "/enrollment-codes/{code_id}/expire"): lambda t: Request(
        f"/enrollment-codes/{t.code}/expire"
    ),
    ("GET", "/ops/parked"): lambda t: Request("/ops/parked"),
    ("GET", "/ops/images/{image_id}"): lambda t: Request(f"/ops/images/{t.image}"),
    ("POST", "/images/{image_id}/retry"): lambda t: Request(f"/images/{t.image}/retry"),
    ("POST", "/images/{image_id}/discard"): lambda t: Request(
        f"/images/{t.image}/discard", {"reason": "blurred"}
    ),
}
# About the caller's own organization as a whole: there is no target that could be elsewhere.
OF_THE_ORGANIZATION = {
    (method, path)
    for path in ("/users", "/sites", "/devices", "/enrollment-codes")
    for method in ("GET", "POST")
} | {("GET", "/ops/parked")}
# What the matrix's finished image is refused for, whoever asks rightly.
REFUSALS = {
    ("POST", "/images/{image_id}/retry"): "image_not_parked",
    ("POST", "/images/{image_id}/discard"): "image_not_parked",
}
PUBLIC = {
    ("POST", "/auth/device"),
    ("POST", "/auth/login"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}


@pytest.mark.parametrize("route", sorted(ROUTES), ids=" ".join)
def test_every_route_declares_one_permission(route: tuple[str, str]) -> None:
    assert len(ROUTES[route]) == 1


def test_public_routes_are_the_known_ones() -> None:
    assert set(ROUTES) - set(PROTECTED) == PUBLIC


def test_the_matrix_knows_every_route() -> None:
    assert set(REQUESTS) == set(PROTECTED)


def _target(org: Org, other: Org, place: str) -> Target:
    owner = other if place == "foreign" else org
    site = org.elsewhere if place == "elsewhere" else owner.here
    session = owner.session(site)
    return Target(
        site,
        session,
        owner.image(session),
        owner.users[Role.OPERATOR],
        owner.device,
        owner.code_id(),
    )


def _may_see(role: Role, place: str) -> bool:
    bound_to_sites = role in (Role.OPERATOR, Role.REVIEWER)
    return place == "here" or (place == "elsewhere" and not bound_to_sites)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("route", sorted(PROTECTED), ids=" ".join)
async def test_who_may_do_what_where(
    api: Api, org: Org, other: Org, route: tuple[str, str], role: Role, place: str
) -> None:
    target = _target(org, other, place)
    request = REQUESTS[route](target)
    answer = await api.call(
        route[0], request.path, of=org, role=role, json=request.json, **(request.params or {})
    )
    if role not in PROTECTED[route]:
        problem(answer, 403, "role_forbidden")
    elif route in OF_THE_ORGANIZATION:
        assert answer.is_success, answer.text
    elif _may_see(role, place) and route in REFUSALS:
        problem(answer, 409, REFUSALS[route])
    elif _may_see(role, place):
        assert answer.is_success, answer.text
    elif route == ("GET", "/sessions"):
        assert good(answer)["items"] == []
    else:
        assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("route", sorted(PROTECTED), ids=" ".join)
async def test_nobody_gets_in_without_a_good_token(api: Api, route: tuple[str, str]) -> None:
    request = REQUESTS[route](Target(*(uuid4() for _ in range(6))))
    arguments = {"json": request.json, **(request.params or {})}
    anonymous = await api.call(route[0], request.path, **arguments)
    problem(anonymous, 401, "token_missing")
    assert anonymous.headers["www-authenticate"] == "Bearer"
    nonsense = await api.call(route[0], request.path, token="nonsense", **arguments)
    problem(nonsense, 401, "token_invalid")


def test_devices_open_no_users_route() -> None:
    for_devices = {route for route, roles in PROTECTED.items() if Role.DEVICE in roles}
    assert {path.split("/")[1] for _, path in for_devices} == {"sessions", "presign", "events"}


def test_a_role_may_do_all_that_the_lesser_one_may() -> None:
    order = [Role.DEVICE, Role.OPERATOR, Role.REVIEWER, Role.ADMIN]
    for lesser, greater in pairwise(order):
        for route, roles in PROTECTED.items():
            assert lesser not in roles or greater in roles, route
