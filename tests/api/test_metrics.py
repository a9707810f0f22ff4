"""What the API counts: routes by their template, problems by their code, uploads promised."""

import hashlib
from uuid import uuid4

from schema.enums import Role
from tests.api.client import Api
from tests.api.world import Org


async def test_requests_are_counted_by_template_never_by_id(api: Api, org: Org) -> None:
    session = org.session()
    for path in (f"/sessions/{session}", f"/sessions/{uuid4()}", "/no/such/place", "/healthz"):
        await api.call("GET", path, of=org)
    await api.call("BREW", "/sessions", of=org)
    read = api.backends.metrics.registry.get_sample_value

    def count(method: str, route: str, status: int) -> float | None:
        labels = {"method": method, "route": route, "status": str(status)}
        return read("imaging360_http_requests_total", labels)

    assert count("GET", "/sessions/{session_id}", 200) == 1
    assert count("GET", "/sessions/{session_id}", 404) == 1
    assert count("GET", "(none)", 404) == 1
    assert count("OTHER", "/sessions", 405) == 1
    assert count("GET", "/healthz", 200) == 1
    seconds = {"method": "GET", "route": "/sessions/{session_id}"}
    assert read("imaging360_http_request_duration_seconds_count", seconds) == 2
    assert read("imaging360_http_problems_total", {"code": "session_not_found"}) == 1
    assert read("imaging360_http_problems_total", {"code": "route_not_found"}) == 1


async def test_promises_are_counted(api: Api, org: Org) -> None:
    promise = {
        "session_id": str(org.session()),
        "file_name": "a.jpg",
        "content_type": "image/jpeg",
        "content_sha256": hashlib.sha256(b"a").hexdigest(),
        "angle_deg": 0,
    }
    headers = {"X-Request-ID": "walk-7.frame-0"}
    answer = await api.call(
        "POST", "/presign", of=org, role=Role.DEVICE, json=promise, headers=headers
    )
    assert "request=walk-7.frame-0" in answer.json()["headers"]["x-amz-tagging"].split("&")
    read = api.backends.metrics.registry.get_sample_value
    assert read("imaging360_presigned_uploads_total", {"status": "send"}) == 1
