"""The workflows of GitHub Actions: pinned, without keys, and with settings that there are."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import topology
from infra.deployment import CERTIFICATE, DOMAIN
from parley.cors import SETTING as CORS_SETTING

PROJECT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
EACH = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def test_there_are_checks_and_a_deployment() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci", "deploy"]


@EACH
def test_every_action_is_pinned_to_a_commit(path: Path) -> None:
    used = [step["uses"] for step in _steps(path) if "uses" in step]

    assert used
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)


@EACH
def test_no_key_is_stored_and_nothing_may_be_written(path: Path) -> None:
    text = path.read_text("utf-8")

    assert "secrets." not in text
    assert "AWS_SECRET" not in text
    granted = _read(path)["permissions"]
    assert granted["contents"] == "read"
    assert {right for right, level in granted.items() if level == "write"} <= {"id-token"}


@EACH
def test_what_is_run_takes_no_text_from_outside(path: Path) -> None:
    """An expression in a script is replaced before the shell reads it."""
    assert not [step["run"] for step in _steps(path) if "${{" in step.get("run", "")]


def test_the_deployment_hands_on_settings_that_there_are() -> None:
    (environment,) = [step["env"] for step in _steps(WORKFLOWS[1]) if "env" in step]
    known = {name for function in topology.FUNCTIONS for name in function.settings}
    secrets = {name for function in topology.FUNCTIONS for name in function.secrets}

    parameters = {topology.parameter_setting(secret) for secret in secrets}
    assert set(environment) <= known | parameters | {"STAGE", DOMAIN, CERTIFICATE, CORS_SETTING}


def _read(path: Path) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return workflow


def _steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in _read(path)["jobs"].values() for step in job["steps"]]
