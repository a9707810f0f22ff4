"""Opening, showing and ending capture sessions."""

from uuid import UUID

from adapters.repositories.events import EventRepository, Happening
from adapters.repositories.sessions import SessionFilters, SessionRepository, SessionView
from adapters.repositories.vehicles import VehicleClaim, VehicleRepository
from api.errors import ApiError, Code, FieldError
from api.images.urls import SignedUrls
from api.models import Notice
from api.principal import Principal
from api.sessions import schemas, shots, vin
from api.sessions.schemas import CreateSession, Progress, SessionPage, ShotList
from schema.enums import EntityType, Role, SessionStatus
from schema.tables.capture import Session, Vehicle

_EVENTS = {
    SessionStatus.ACTIVE: "session.resumed",
    SessionStatus.COMPLETED: "session.completed",
    SessionStatus.ABANDONED: "session.abandoned",
}
_ALLOWED_FROM = {
    SessionStatus.ACTIVE: (SessionStatus.ABANDONED,),
    SessionStatus.COMPLETED: (SessionStatus.ACTIVE,),
    SessionStatus.ABANDONED: (SessionStatus.ACTIVE,),
}


async def create_session(
    body: CreateSession,
    caller: Principal,
    urls: SignedUrls,
    sessions: SessionRepository,
    vehicles: VehicleRepository,
    events: EventRepository,
) -> schemas.Session:
    """Raises ApiError: no vehicle identity, malformed VIN, site not visible."""
    _check_identity(body)
    if not await sessions.site_exists(body.site_id):
        raise ApiError(Code.SITE_NOT_FOUND)
    vehicle = await vehicles.find_or_create(_claim(body))
    session = _new_session(body, caller, vehicle)
    await sessions.add(session)
    said = {"mode": session.mode, "vehicle_id": str(vehicle.id)}
    await events.add(Happening(EntityType.SESSION, session.id, "session.created", said))
    view = await sessions.get(session.id)
    return _shown(_there(view), urls, _vin_notices(body.vin))


def _check_identity(body: CreateSession) -> None:
    if not body.vin and not body.stock_number:
        raise ApiError(Code.VEHICLE_IDENTITY_REQUIRED)
    if body.vin and not vin.is_well_formed(body.vin):
        message = "a VIN has 17 letters and digits, none of them I, O or Q"
        raise ApiError(
            Code.INVALID_REQUEST,
            f"The VIN is not valid: {message}.",
            errors=[FieldError(field="body.vin", message=message, type="vin_format")],
        )


def _claim(body: CreateSession) -> VehicleClaim:
    return VehicleClaim(
        site_id=body.site_id,
        vin=body.vin or None,
        stock_number=body.stock_number,
        make=body.make,
        model=body.model,
        year=body.year,
    )


def _new_session(body: CreateSession, caller: Principal, vehicle: Vehicle) -> Session:
    by_device = caller.scope.role is Role.DEVICE
    shot_list = body.shot_list or shots.default_shot_list(body.mode)
    return Session(
        org_id=caller.scope.org_id,
        site_id=body.site_id,
        vehicle_id=vehicle.id,
        mode=body.mode.value,
        shot_list=shot_list.model_dump(mode="json", exclude_none=True),
        device_id=caller.scope.actor_id if by_device else None,
        operator_id=None if by_device else caller.scope.actor_id,
    )


def _vin_notices(number: str | None) -> list[Notice]:
    if not number or number[8] == vin.check_digit(number):
        return []
    message = (
        f"The VIN's check digit (9th character) is {number[8]}, calculated is "
        f"{vin.check_digit(number)}: a typing mistake, or a maker who does not use it."
    )
    return [Notice(code="vin_check_digit", message=message)]


async def get_session(
    session_id: UUID, sessions: SessionRepository, urls: SignedUrls
) -> schemas.Session:
    """Raises ApiError (404) when the caller may not see it."""
    return _shown(_there(await sessions.get(session_id)), urls)


async def list_sessions(
    filters: SessionFilters, sessions: SessionRepository, urls: SignedUrls
) -> SessionPage:
    """A page of what the caller may see."""
    views, total = await sessions.page(filters)
    items = [_shown(view, urls) for view in views]
    return SessionPage(items=items, total=total, limit=filters.limit, offset=filters.offset)


async def change_session(
    session_id: UUID,
    to: SessionStatus,
    urls: SignedUrls,
    sessions: SessionRepository,
    events: EventRepository,
) -> schemas.Session:
    """Raises ApiError: 404, or 409 when the session cannot become `to`."""
    changed = await sessions.change_status(session_id, to, _ALLOWED_FROM[to])
    view = await (sessions.get_changed if changed else sessions.get)(session_id)
    shown = _shown(_there(view), urls)
    if not changed and shown.status is not to:
        raise ApiError(
            Code.TRANSITION_IMPOSSIBLE, f"A session that is {shown.status} cannot become {to}."
        )
    missing = _missing_notices(shown.progress) if to is SessionStatus.COMPLETED else []
    if changed:
        said = {
            "missing_angles": shown.progress.missing_angles,
            "missing_shots": shown.progress.missing_shots,
        }
        await events.add(Happening(EntityType.SESSION, session_id, _EVENTS[to], said))
    return shown.model_copy(update={"warnings": missing})


def _missing_notices(progress: Progress) -> list[Notice]:
    notices: list[Notice] = []
    if progress.missing_angles:
        degrees = ", ".join(map(str, progress.missing_angles))
        message = f"{len(progress.missing_angles)} frames are missing, at {degrees} degrees."
        notices.append(Notice(code="frames_missing", message=message))
    if progress.missing_shots:
        names = ", ".join(progress.missing_shots)
        notices.append(Notice(code="shots_missing", message=f"Shots are missing: {names}."))
    return notices


def _there(view: SessionView | None) -> SessionView:
    if view is None:
        raise ApiError(Code.SESSION_NOT_FOUND)
    return view


def _shown(
    view: SessionView, urls: SignedUrls, warnings: list[Notice] | None = None
) -> schemas.Session:
    session, caption = view.session, view.caption
    shot_list = ShotList.model_validate(session.shot_list)
    return schemas.Session(
        id=session.id,
        site_id=session.site_id,
        mode=session.mode,
        status=session.status,
        shot_list=shot_list,
        vehicle=_vehicle(view.vehicle),
        device_id=session.device_id,
        operator_id=session.operator_id,
        site_name=caption.site,
        device_model=caption.device,
        operator_name=caption.operator,
        poster_urls={size: urls.of(key) for size, key in caption.poster_keys.items()},
        progress=_progress(view, shot_list),
        created_at=session.created_at,
        completed_at=session.completed_at,
        warnings=warnings or [],
    )


def _vehicle(vehicle: Vehicle) -> schemas.Vehicle:
    return schemas.Vehicle(
        id=vehicle.id,
        vin=vehicle.vin,
        stock_number=vehicle.stock_number,
        make=vehicle.make,
        model=vehicle.model,
        year=vehicle.model_year,
    )


def _progress(view: SessionView, shot_list: ShotList) -> Progress:
    counts = view.counts
    return Progress(
        expected=shots.expected_count(shot_list),
        promised=counts.promised,
        arrived=counts.arrived,
        processed=counts.processed,
        failed=counts.failed,
        published=counts.published,
        missing_angles=shots.missing_angles(shot_list, counts.angles),
        missing_shots=shots.missing_shots(shot_list, counts.shots),
    )
