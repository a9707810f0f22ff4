"""The platform operators' desk: Temporal itself, with the settings that lead there."""

from uuid import UUID

from adapters import temporal
from adapters.errors import AdapterError
from adapters.parked import NotParkedError, ParkedImage, ParkedImages, ParkedQuery
from cli.ops_desks import NOT_PARKED, Action, Choice, Json, Waiting
from client.errors import Imaging360Error
from schema import contracts
from schema.contracts import Decision
from settings import OperatorSettings, load


class TemporalDesk:
    """All organizations; `actor` is who histories and events say it was."""

    def __init__(self, images: ParkedImages, actor: str, place: str) -> None:
        self._images = images
        self._actor = actor
        self._place = place

    async def find(self, choice: Choice, limit: int) -> tuple[list[Waiting], int]:
        """Up to `limit` of the parked images, and how many there are."""
        try:
            query = ParkedQuery(
                org_id=_id(choice.org),
                site_id=_id(choice.site),
                session_id=_id(choice.session),
                code=choice.code,
                since=choice.since,
            )
            found = await self._images.find(query, limit)
            total = await self._images.count(query)
        except (AdapterError, ValueError) as error:
            raise _explained(error) from error
        return [_waiting(image) for image in found], total

    async def show(self, image_id: str) -> Json:
        """All that Temporal knows of one image, and where its Web UI shows it."""
        try:
            image = await self._images.get(UUID(image_id))
        except (AdapterError, NotParkedError, ValueError) as error:
            raise _explained(error) from error
        known = {name: said for name, said in vars(image).items() if name != "failure"}
        failure = vars(image.failure) if image.failure else None
        workflow = contracts.workflow_id(image_id)
        return {"image": known | {"failure": failure}, "temporal": f"{self._place}/{workflow}"}

    async def decide(self, image_id: str, action: Action, reason: str) -> str:
        """How the decision was delivered."""
        try:
            decision = Decision(reason, self._actor)
            return (await self._images.decide(UUID(image_id), action, decision)).value
        except (AdapterError, NotParkedError, ValueError) as error:
            raise _explained(error) from error


async def connected(actor: str) -> TemporalDesk:
    """The desk. Raises Imaging360Error when Temporal does not answer."""
    settings = load(OperatorSettings)
    try:
        access = temporal.TemporalAccess.of(settings)
        client = await temporal.connect(access, identity=actor)
    except AdapterError as error:
        raise _explained(error) from error
    place = f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows"
    return TemporalDesk(ParkedImages(client), actor, place)


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text is not None else None


def _explained(error: Exception) -> Imaging360Error:
    if isinstance(error, NotParkedError):
        return Imaging360Error(NOT_PARKED, "nothing waits for a decision about this image")
    if isinstance(error, ValueError):
        return Imaging360Error("invalid_request", str(error))
    return Imaging360Error("unreachable", str(error))


def _waiting(image: ParkedImage) -> Waiting:
    failure = image.failure
    return Waiting(
        image_id=str(image.image_id),
        org_id=str(image.org_id),
        session_id=str(image.session_id),
        code=image.code,
        stage=failure.stage if failure else "",
        message=failure.message if failure else "",
        since=image.started_at.isoformat(),
    )
