"""The one exception of this client."""

import httpx


class Imaging360Error(Exception):
    """A refusal or a failure.

    `code` is the problem document's, for programs; of this client's own there are `unreachable`
    (no answer), `store_refused` (by the object store) and `http_error` (an answer without a
    problem document). `detail` is a sentence, `status` the HTTP status if there was an answer,
    `request_id` what the platform's operators can look for.
    """

    def __init__(
        self, code: str, detail: str, *, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status
        self.request_id = request_id


def refusal(answer: httpx.Response) -> Imaging360Error:
    """What a problem document says, or the beginning of anything else."""
    try:
        problem = answer.json()
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        code, detail = "http_error", f"{answer.status_code} {answer.text[:300]}".strip()
    request_id = answer.headers.get("x-request-id")
    return Imaging360Error(code, detail, status=answer.status_code, request_id=request_id)


def unreachable(url: httpx.URL | str, error: httpx.TransportError) -> Imaging360Error:
    """Nobody answered, or the answer did not arrive."""
    host = httpx.URL(url).netloc.decode()
    words = str(error) or type(error).__name__
    return Imaging360Error("unreachable", f"{host} does not answer: {words}")
