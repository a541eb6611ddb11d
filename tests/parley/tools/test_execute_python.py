from dataclasses import replace

import pytest

from parley.domain.programs import CodeRunnerError, ProgramRun
from parley.errors import InvalidArgumentsError
from parley.tools.execute_python import execute_python_tool
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolContext, ToolOutcome
from tests.fakes.code_runner import WELL, FakeCodeRunner

CONTEXT = ToolContext(user_id="user_1")
TRACEBACK = "Traceback (most recent call last):\n  File \"main.py\", line 2, in <module>\nKeyError: 'a'\n"


def execute(runner: FakeCodeRunner, **arguments) -> ToolOutcome:
    registry = ToolRegistry([execute_python_tool(runner)])
    return registry.execute("execute_python", {"code": "print(42)", **arguments}, CONTEXT)


def error_of(run: ProgramRun) -> str:
    outcome = execute(FakeCodeRunner(run), timeout_seconds=3)
    assert (outcome.success, outcome.result) == (False, None)
    return outcome.error


def test_a_program_that_ends_well_is_told_whole():
    runner = FakeCodeRunner(replace(WELL, stderr="a warning\n", truncated=True))
    assert execute(runner).result == {
        "stdout": "42\n",
        "stderr": "a warning\n",
        "exit_code": 0,
        "duration_ms": 12,
        "truncated": True,
    }
    assert runner.asked == [("print(42)", 10, "user_1")]


def test_a_program_that_fails_is_an_error_that_loses_nothing_of_what_it_wrote():
    run = ProgramRun(stdout="so far so good\n", stderr=TRACEBACK, exit_code=1, duration_ms=5)
    assert error_of(run) == (
        f"The program ended with exit code 1: KeyError: 'a'\n\n"
        f"stderr:\n{TRACEBACK.rstrip()}\n\nstdout:\nso far so good"
    )


@pytest.mark.parametrize(
    ("changes", "beginning"),
    [
        ({"exit_code": 3}, "The program ended with exit code 3."),
        ({"exit_code": 1}, "The program ended with exit code 1."),
        ({"exit_code": -11}, "The program was ended by SIGSEGV."),
        ({"exit_code": -99}, "The program was ended by signal 99."),
        ({"exit_code": -9, "stopped": "timeout"}, "The program was stopped: it ran longer than 3 s."),
        ({"exit_code": -9, "stopped": "output"}, "The program was stopped: it wrote far too much output."),
        ({"exit_code": -9, "stopped": "files"}, "The program was stopped: it made too many files, or too"),
        ({"exit_code": 0, "stopped": "timeout"}, "The program was stopped: it ran longer than 3 s."),
    ],
)
def test_every_other_ending_is_told_with_the_output_so_far(changes, beginning):
    error = error_of(replace(WELL, **changes))
    assert error.startswith(beginning)
    assert error.endswith("\n\nstdout:\n42")


def test_a_program_that_could_not_be_run_says_why():
    outcome = execute(FakeCodeRunner(error=CodeRunnerError("Try again in a minute.")))
    assert (outcome.success, outcome.error) == (False, "Try again in a minute.")


@pytest.mark.parametrize(
    "arguments",
    [
        {"code": ""},
        {"code": "x" * 100_001},
        {"code": "\ud800"},
        {"timeout_seconds": 0},
        {"timeout_seconds": 31},
        {"timeout_seconds": "soon"},
        {"user_id": "user_2"},
        {"context": {"user_id": "user_2"}},
    ],
)
def test_arguments_beyond_the_limits_run_nothing(arguments):
    runner = FakeCodeRunner()
    with pytest.raises(InvalidArgumentsError):
        execute(runner, **arguments)
    assert runner.asked == []
