"""Without root, namespaces and Landlock, the filter on system calls and the guarded runtime must do."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.functions.code_runner.hostile import crowds, spies
from tests.functions.code_runner.lambda_like import PROJECT

# Here it may read what is everybody's; its own environment is empty.
_PROGRAMS = crowds.PROGRAMS | {
    name: program for name, program in spies.PROGRAMS.items() if name != "its own environment"
}
_FURTHER = {
    "the real Runtime API": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:RUNTIME_PORT/')",
    "its own environment": "print(open('/proc/self/environ').read(), 'harmless')",
    "files beside its own folder": "open('../left', 'w').write('x'); import os; os.mkdir('../left too')",
}


def can_stage_lambda() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Any]:
    sources = {name: source for name, (ending, source) in _PROGRAMS.items() if ending.seconds > 1} | _FURTHER
    done = subprocess.run(
        [sys.executable, "-m", "tests.functions.code_runner.lambda_like"],
        input=json.dumps(sources),
        env={"PATH": os.environ["PATH"], "AWS_SECRET_ACCESS_KEY": "marked-77ab"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    *logged, results = done.stdout.splitlines()
    assert [line.partition(" (")[0] for line in logged] == [
        "Programs run without a network of its own",
        "Programs run without rules for files",
    ]
    told: dict[str, Any] = json.loads(results)
    return told


@pytest.mark.skipif(not can_stage_lambda(), reason="staging it needs root and mount namespaces")
def test_hostile_programs_do_no_harm_in_lambda_either(outcomes: dict[str, Any]) -> None:
    for name, (ending, _) in _PROGRAMS.items():
        if name in outcomes:
            told = outcomes[name]
            said = told["stdout"] + told["stderr"]
            assert (told["stopped"], told["exit_code"]) == (ending.stopped, ending.exit_code), (name, said)
            assert ending.says in said, name
            assert "REACHED" not in told["stdout"], name
    assert "marked-77ab" not in json.dumps(outcomes)
    assert "Operation not permitted" in outcomes["the real Runtime API"]["stderr"]
    assert outcomes["connections"] == 0
    assert outcomes["its own environment"]["stdout"] == " harmless\n"
    assert outcomes["files beside its own folder"]["exit_code"] == 0
    assert outcomes["left in the temporary folder"] == []
