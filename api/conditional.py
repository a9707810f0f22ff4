"""Answers that did not change: ETag out, If-None-Match in, 304 without a body."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Header, Response
from pydantic import BaseModel

_CONTRACT = Path(__file__).with_name("openapi.json")
# A client keeps its copy but asks each time; a proxy keeps nothing of a tenant's.
_KEEP = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
_HEADER = {"description": "Send it as If-None-Match.", "schema": {"type": "string"}}
CONDITIONAL: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": _HEADER}},
    304: {"description": "Unchanged since the ETag that If-None-Match names.", "headers": {}},
}
"""For the `responses=` of a route that can answer 304."""


class NotModified(Exception):  # noqa: N818 - an answer, not an error
    """What the client has is still right."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__("not modified")
        self.headers = dict(headers)

    def response(self) -> Response:
        """The answer, for a route that cannot wait for the application's handler."""
        return Response(status_code=304, headers=self.headers)


class Conditional:
    """What the client has already, and the answer's own tag."""

    def __init__(self, given: str | None, response: Response) -> None:
        self._given = {part.strip().removeprefix("W/") for part in (given or "").split(",")}
        self._response = response

    @property
    def is_asked(self) -> bool:
        """Whether the client has some answer."""
        return self._given != {""}

    def stop_if_known(self, *versions: str) -> None:
        """Tag the answer by the versions of all that it is made of.

        Raises NotModified when the client has it.
        """
        # A release that changes the contract changes the answer to the same rows.
        digest = sha256(repr((_contract(), versions)).encode()).hexdigest()
        self._stop_if(f'"{digest[:32]}"')

    def answer(self, model: BaseModel) -> Response:
        """An answer whose versions are not known: tagged by its bytes.

        Raises NotModified when the client has it.
        """
        body = model.model_dump_json(by_alias=True).encode()
        self._stop_if(f'"{sha256(body).hexdigest()[:32]}"')
        return Response(body, media_type="application/json", headers=dict(self._response.headers))

    def _stop_if(self, tag: str) -> None:
        # Weak: other links to the same pictures are the same answer.
        headers = {"ETag": f"W/{tag}", **_KEEP}
        if tag in self._given or "*" in self._given:
            raise NotModified(headers)
        self._response.headers.update(headers)


async def _conditional(
    response: Response,
    if_none_match: Annotated[
        str | None, Header(description="ETags of answers that the client has.")
    ] = None,
) -> Conditional:
    return Conditional(if_none_match, response)


Known = Annotated[Conditional, Depends(_conditional)]


@cache
def _contract() -> str:
    return sha256(_CONTRACT.read_bytes()).hexdigest()
