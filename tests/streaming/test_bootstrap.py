"""The script that Lambda starts instead of its own runtime."""

import os
import subprocess

import pytest

from tests.streaming.workers import BOOTSTRAP


@pytest.fixture
def interpreter(tmp_path):
    """Tells how it was called instead of running Python."""
    path = tmp_path / "python"
    path.write_text('#!/bin/sh\necho "${PYTHONPATH-unset}"\necho "$@"\n')
    path.chmod(0o755)
    return path


def start(interpreter, **environment):
    command = [BOOTSTRAP, interpreter, "/var/runtime/bootstrap.py"]
    environment = {"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": "/nowhere", **environment}
    completed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return completed.stdout.splitlines()


def test_it_runs_the_streaming_runtime_with_the_managed_interpreter(interpreter):
    assert start(interpreter)[1] == "-m parley_streaming"


def test_the_function_comes_first_on_the_path_and_what_is_there_stays(interpreter, tmp_path):
    path, *_ = start(interpreter, LAMBDA_TASK_ROOT=str(tmp_path), PYTHONPATH="/var/runtime")
    assert path.split(":")[0] == str(tmp_path)
    assert path.split(":")[-1] == "/var/runtime"


def test_folders_that_do_not_exist_leave_the_path_as_it_is(interpreter):
    assert start(interpreter)[0] in {"unset", "/opt/python"}
    assert start(interpreter, PYTHONPATH="/somewhere")[0].endswith("/somewhere")
