"""Talking to the API as a client does, with errors as sentences."""

from typing import Any, Self

import httpx

_TIMEOUT = httpx.Timeout(30, connect=5)


class RefusedError(Exception):
    """The API or the store said no, and why."""


class ApiClient:
    """A client of the REST API; an async context manager around its connections."""

    def __init__(self, api_url: str) -> None:
        self._api = httpx.AsyncClient(base_url=api_url, timeout=_TIMEOUT)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._api.aclose()

    def speak_for(self, token: str) -> None:
        """Send this bearer token from now on."""
        self._api.headers["Authorization"] = f"Bearer {token}"

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON that a POST answers. Raises RefusedError."""
        return await self._call("POST", path, json=body)

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """The JSON that a GET answers. Raises RefusedError."""
        return await self._call("GET", path, params=query)

    async def _call(self, method: str, path: str, **what: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            answer = await self._api.request(method, path, **what)
        except httpx.TransportError as error:
            raise RefusedError(f"{method} {path}: the API does not answer: {error!r}") from error
        if not answer.is_success:
            raise RefusedError(f"{method} {path}: {answer.status_code} {reason(answer)}")
        result: dict[str, Any] = answer.json()
        return result


def reason(answer: httpx.Response) -> str:
    """What a problem document says, or the beginning of anything else."""
    try:
        problem = answer.json()
        return " ".join(str(problem[key]) for key in ("code", "detail") if key in problem)
    except ValueError:
        return answer.text[:300]
