"""ProcessImage as recorded (`tests.workflows.record`) goes on with the code of today."""

import asyncio
import importlib
import inspect
import pkgutil
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

import workflows
from activities import interface
from devstack.paths import REPOSITORY
from schema.contracts import ExifResult, StepInput
from schema.enums import Stage
from tests.workflows.record import FOLDER, WAYS
from workflows import policies
from workflows.interventions import Interventions
from workflows.process_image import ProcessImage

HISTORIES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.json"))}
NEWEST = "ProcessImage-2026-11-20-"


def history(recorded: str) -> WorkflowHistory:
    return WorkflowHistory.from_json(recorded, HISTORIES[recorded])


@pytest.mark.parametrize("recorded", HISTORIES)
async def test_a_recorded_run_goes_on_with_the_code_of_today(recorded: str) -> None:
    await Replayer(workflows=[ProcessImage]).replay_workflow(history(recorded))


def test_every_way_of_an_image_is_recorded() -> None:
    assert {NEWEST + way for way in WAYS} <= set(HISTORIES)


def test_every_workflow_has_a_recorded_run() -> None:
    recorded = {path.stem.partition("-")[0] for path in FOLDER.parent.rglob("*.json")}
    assert recorded == set(_defined())


def _defined() -> set[str]:
    """The names of the classes in `workflows` that are one."""
    modules = [
        importlib.import_module(f"workflows.{module.name}")
        for module in pkgutil.iter_modules(workflows.__path__)
    ]
    return {
        name
        for module in modules
        for name, found in inspect.getmembers(module, inspect.isclass)
        if hasattr(found, "__temporal_workflow_definition")
    }


@pytest.mark.parametrize("path", sorted(FOLDER.parent.rglob("*.json")), ids=lambda p: p.stem)
def test_no_recorded_run_names_the_machine_it_ran_on(path: Path) -> None:
    text = path.read_text("utf-8")
    machine = {"stackTrace", "/tmp", str(REPOSITORY), f"@{socket.gethostname()}"}
    assert [name for name in machine if name in text] == []


async def _one_after_another(self: ProcessImage, step: StepInput) -> Any:  # noqa: ANN401  as the method's
    exif = await self._or_none(self._step(Stage.EXIF, interface.exif, step))
    thumbnails = await self._or_none(self._step(Stage.THUMBNAILS, interface.thumbnails, step))
    return exif, thumbnails, await self._or_none(self._step(Stage.QC, interface.qc, step))


async def _without_exif(self: ProcessImage, step: StepInput) -> Any:  # noqa: ANN401  as the method's
    return ExifResult({}, None), *await asyncio.gather(
        self._or_none(self._step(Stage.THUMBNAILS, interface.thumbnails, step)),
        self._or_none(self._step(Stage.QC, interface.qc, step)),
    )


def _noted_without_a_patch(self: Interventions, *what: Any) -> None:  # noqa: ANN401  as the method's
    self._note(*what)


def _not_noted(self: Interventions, *what: Any) -> None:  # noqa: ANN401  as the method's
    """As in the release before notes."""


Change = Callable[[pytest.MonkeyPatch], None]


def changed(where: Any, name: str, to: object) -> Change:  # noqa: ANN401  a class or a module
    return partial(pytest.MonkeyPatch.setattr, target=where, name=name, value=to)


WRONG_RELEASES = {
    "a step left out": ("processed", changed(ProcessImage, "_look", _without_exif)),
    "steps in another order": ("processed", changed(ProcessImage, "_look", _one_after_another)),
    "no limit to parking": ("parked-and-retried", changed(policies, "PARKED_FOR", None)),
    "a new activity without a patch": (
        "before-notes-parked-and-retried",
        changed(Interventions, "decided", _noted_without_a_patch),
    ),
    "rolled back behind a patch": (
        "parked-and-retried",
        changed(Interventions, "decided", _not_noted),
    ),
}


@pytest.mark.parametrize("wrong", WRONG_RELEASES)
async def test_a_release_that_would_stop_running_images_does_not_replay(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded, change = WRONG_RELEASES[wrong]
    # The sandbox would load the unchanged code anew.
    replayer = Replayer(workflows=[ProcessImage], workflow_runner=UnsandboxedWorkflowRunner())
    await replayer.replay_workflow(history(NEWEST + recorded))
    change(monkeypatch)
    with pytest.raises(NondeterminismError):
        await replayer.replay_workflow(history(NEWEST + recorded))
