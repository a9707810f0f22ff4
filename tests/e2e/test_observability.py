"""One photo can be followed from the request that asked for it to its verdict."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from temporalio.client import Client as TemporalClient

from client.api import Client
from devstack.paths import REPOSITORY
from devstack.services import metrics_urls
from devstack.stack import Stack
from schema.contracts import workflow_id
from tests.e2e.collector import Collector, Received, collecting
from tests.e2e.conftest import jpeg
from tests.waiting import eventually

DEPLOY = REPOSITORY / "deploy"
DOORS = ("api", "bridge", "worker")
STEPS = ("download", "exif", "thumbnails", "qc", "dedup", "record")
Line = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """A photo that was sent, and the ids by which it must be known everywhere."""

    request_id: str
    upload_id: str
    org_id: str
    session_id: str


@pytest.fixture(scope="module")
def observed(running_stack: Stack) -> Iterator[tuple[Stack, Collector]]:
    """The stack with JSON logs and with traces, which are off by default."""
    with collecting() as collector:
        env = {
            "IMAGING360_LOG_FORMAT": "json",
            "IMAGING360_OTLP_ENDPOINT": collector.url,
        }
        _restart(running_stack, env)
        yield running_stack, collector
        # Stopped with the collector still there: an orderly end sends what is left.
        _restart(running_stack, {})


def _restart(stack: Stack, env: dict[str, str]) -> None:
    for door in DOORS:
        stack.stop_part(door)
        stack.start_part(door, env=env)


async def send(stack: Stack, data: bytes) -> Sent:
    """Enrol, presign under a request id of our own, PUT."""
    request_id, org = f"shoot-{uuid4()}", stack.seed.demo
    async with Client(stack.api.url) as device, httpx.AsyncClient() as http:
        code = org.enrollment_code
        token = await device.enroll(str(org.org_id), enrollment_code=code)
        session = await device.open_session(
            str(org.site_id), "stills", stock_number=uuid4().hex[:12]
        )
        promise = {
            "session_id": session.id,
            "file_name": "a.jpg",
            "content_type": "image/jpeg",
            "content_sha256": hashlib.sha256(data).hexdigest(),
            "shot_name": "front",
        }
        headers = {"X-Request-ID": request_id, "Authorization": f"Bearer {token.access_token}"}
        asked = await http.post(f"{stack.api.url}/presign", json=promise, headers=headers)
        upload = asked.raise_for_status().json()
        put = await http.put(upload["upload_url"], content=data, headers=upload["headers"])
        put.raise_for_status()
    return Sent(request_id, upload["upload_id"], str(org.org_id), session.id)


async def outcome(stack: Stack, sent: Sent) -> dict[str, Any]:
    """The memo of the workflow, once it is done."""
    temporal = await TemporalClient.connect(stack.temporal.address)
    handle = temporal.get_workflow_handle(workflow_id(sent.upload_id))

    async def is_started() -> bool:
        return any(sent.upload_id in line for line in _text(stack, "bridge") if "started" in line)

    await eventually(is_started)
    await handle.result()
    return dict(await (await handle.describe()).memo())


def _text(stack: Stack, door: str) -> list[str]:
    log: Path = stack.run.data.log(door)
    return log.read_text("utf-8").splitlines()


def lines(stack: Stack, door: str) -> list[Line]:
    """What a door logged as JSON."""
    return [json.loads(line) for line in _text(stack, door) if line.startswith("{")]


async def test_the_request_id_is_in_the_memo_and_in_every_line_about_the_photo(
    observed: tuple[Stack, Collector],
) -> None:
    stack, _ = observed
    # Cut short, so that a step fails and says so.
    whole = jpeg()
    sent = await send(stack, whole[: len(whole) // 2])
    memo = await outcome(stack, sent)
    assert memo["request_id"] == sent.request_id

    (request,) = [
        line
        for line in lines(stack, "api")
        if line["event"] == "request" and line["request_id"] == sent.request_id
    ]
    assert (request["method"], request["route"], request["status"]) == ("POST", "/presign", 200)
    assert request["milliseconds"] > 0
    assert request["org_id"] == sent.org_id
    assert request["actor"].startswith("device:")

    ids = {
        "request_id": sent.request_id,
        "org_id": sent.org_id,
        "session_id": sent.session_id,
        "image_id": sent.upload_id,
        "workflow_id": workflow_id(sent.upload_id),
    }
    for door, events in (("bridge", {"started"}), ("worker", {"step ended", "verdict"})):
        about = [line for line in lines(stack, door) if sent.upload_id in json.dumps(line)]
        assert {line["event"] for line in about} >= events
        for line in about:
            assert ids.items() <= line.items(), (door, line)


async def test_one_trace_leads_from_the_request_to_the_last_step(
    observed: tuple[Stack, Collector],
) -> None:
    stack, collector = observed
    sent = await send(stack, jpeg())
    await outcome(stack, sent)
    (request,) = [
        line
        for line in lines(stack, "api")
        if line["event"] == "request" and line["request_id"] == sent.request_id
    ]
    wanted = {
        ("imaging360-api", "POST /presign"),
        ("imaging360-bridge", "upload stored"),
        ("imaging360-bridge", "StartWorkflow:ProcessImage"),
        ("imaging360-worker", "RunWorkflow:ProcessImage"),
        *(("imaging360-worker", f"RunActivity:{step}") for step in STEPS),
    }

    def trace() -> list[Received]:
        return [span for span in collector.spans if span.trace_id == request["trace_id"]]

    await eventually(lambda: wanted <= {(span.service, span.name) for span in trace()})
    ids = {span.span_id for span in trace()}
    roots = [span for span in trace() if span.parent_id not in ids]
    assert [(span.service, span.name) for span in roots] == [("imaging360-api", "POST /presign")]


def asked_for() -> set[str]:
    """The names of all metrics in the dashboard and in the alert rules."""
    files = [*DEPLOY.glob("grafana/dashboards/*.json"), DEPLOY / "prometheus" / "alerts.yml"]
    wanted = re.compile(r"\b(?:imaging360|temporal|process)_[a-z0-9_]+")
    return {name for file in files for name in wanted.findall(file.read_text("utf-8"))}


def names(exposition: str) -> set[str]:
    """The names of all series, those without a value as yet among them."""
    kinds = re.findall(r"^# TYPE (\S+) (\S+)$", exposition, re.MULTILINE)
    parts = {"histogram": ("_bucket", "_count", "_sum")}
    return {name + part for name, kind in kinds for part in parts.get(kind, ("",))}


async def test_every_process_shows_its_figures(observed: tuple[Stack, Collector]) -> None:
    stack, _ = observed
    await outcome(stack, await send(stack, jpeg()))
    urls = metrics_urls(stack.run.ports, stack.pids())
    assert set(urls) >= {"api_metrics", "bridge_metrics", "worker_metrics", "worker_sdk_metrics"}
    async with httpx.AsyncClient() as http:
        shown = {use: (await http.get(url)).raise_for_status().text for use, url in urls.items()}
        # Whoever reaches the API does not reach its figures.
        assert "imaging360_" not in (await http.get(f"{stack.api.url}/metrics")).text
    assert 'imaging360_presigned_uploads_total{status="send"}' in shown["api_metrics"]
    assert 'imaging360_bridge_uploads_total{result="started"}' in shown["bridge_metrics"]
    assert 'imaging360_images_total{code="",verdict="processed"}' in shown["worker_metrics"]
    unknown = asked_for() - set().union(*(names(text) for text in shown.values()))
    assert not unknown, "dashboard or alerts ask for what nobody shows"
