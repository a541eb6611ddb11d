"""The `execute_python` tool."""

import signal
from typing import Annotated, Any

from pydantic import Field

from parley.domain.programs import (
    MAX_PROGRAM_CHARACTERS,
    MAX_PROGRAM_SECONDS,
    CodeRunnerError,
    ProgramRun,
)
from parley.tools.code_runner import CodeRunner
from parley.tools.registry import tool
from parley.tools.types import Tool, ToolCategory, ToolContext, ToolError

Code = Annotated[str, Field(min_length=1, max_length=MAX_PROGRAM_CHARACTERS, description="The program.")]
Seconds = Annotated[int, Field(ge=1, le=MAX_PROGRAM_SECONDS, description="How long it may run.")]

# Beyond the program's own time: a new environment, Python's start, and getting rid of what is left.
_AROUND_SECONDS = 40
_STOPS = {
    "timeout": "it ran longer than {seconds} s",
    "output": "it wrote far too much output",
    "files": "it made too many files, or too large ones",
}


def execute_python_tool(runner: CodeRunner) -> Tool:
    @tool(category=ToolCategory.CODE, timeout_seconds=MAX_PROGRAM_SECONDS + _AROUND_SECONDS)
    def execute_python(code: Code, *, timeout_seconds: Seconds = 10, context: ToolContext) -> dict[str, Any]:
        """Run a Python 3.13 program and return what it printed: the value of the last line is not shown, so
        print it. The standard library is there; there is no network, no input, no other program, and 512 MB
        of memory. Files go into the current folder and are gone afterwards: nothing is kept between runs.
        """
        try:
            run = runner.execute(code, timeout_seconds=timeout_seconds, user_id=context.user_id)
        except CodeRunnerError as error:
            raise ToolError(str(error)) from error
        if run.exit_code != 0 or run.stopped is not None:
            raise ToolError(_told(run, timeout_seconds))
        return {
            "stdout": run.stdout,
            "stderr": run.stderr,
            "exit_code": run.exit_code,
            "duration_ms": run.duration_ms,
            "truncated": run.truncated,
        }

    return execute_python


def _told(run: ProgramRun, seconds: int) -> str:
    """How it ended, and then all that it wrote: a program that fails has often said why before."""
    paragraphs = [_ending(run, seconds)]
    paragraphs += [
        f"{name}:\n{text.rstrip()}" for name, text in (("stderr", run.stderr), ("stdout", run.stdout)) if text
    ]
    return "\n\n".join(paragraphs)


def _ending(run: ProgramRun, seconds: int) -> str:
    if run.stopped is not None:
        return f"The program was stopped: {_STOPS[run.stopped].format(seconds=seconds)}."
    if run.exit_code < 0:
        return f"The program was ended by {_signal_name(-run.exit_code)}."
    error = run.stderr.rstrip().rpartition("\n")[2]
    reason = f": {error}" if run.exit_code == 1 and error else "."
    return f"The program ended with exit code {run.exit_code}{reason}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
