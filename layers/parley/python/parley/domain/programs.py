"""Python programs that somebody wrote: how a run of one ended, and what is wrong with one."""

from dataclasses import dataclass
from typing import Literal

type Stop = Literal["timeout", "output", "files"]

MAX_PROGRAM_CHARACTERS = 100_000
MAX_PROGRAM_SECONDS = 30


class CodeRunnerError(Exception):
    """The program was not run to an end that could be told; the text is for whoever wanted it run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRun:
    """`exit_code` is minus the signal where one ended the program; `stopped` names the limit it went over.

    `truncated` says that `stdout` or `stderr` has lost its middle, and a mark stands there.
    """

    stdout: str
    stderr: str
    exit_code: int
    duration_ms: int
    truncated: bool = False
    stopped: Stop | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeProblem:
    """Lines and columns count from 1. An error is sure to stop the program once the line is reached."""

    line: int
    column: int
    message: str
    severity: Literal["error", "warning"]
