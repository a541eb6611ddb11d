"""Runs or checks a Python program that somebody sent, and nothing else.

The function has no rights and no network, and an environment of its own for each tenant. It imports nothing
of the product: what is not in this process cannot be taken from it.
"""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from functions.code_runner.limits import Limits
from functions.code_runner.processes import guard_this_process
from functions.code_runner.runs import Run, run

_CHECK_LIMITS = Limits(seconds=5)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """`{"operation": "execute", "code", "timeout_seconds"}` gives the streams, the exit code (or minus a
    signal), the duration, whether a stream was cut, and the limit that stopped the program, if one did.
    `{"operation": "check", "code"}` gives the list of problems, or none where the compiler itself gives up.

    Raises `SandboxError`.
    """
    guard_this_process()
    match event:
        case {"operation": "execute", "code": str(code), "timeout_seconds": int(seconds)}:
            return _told(run("execute", code, Limits(seconds=seconds)))
        case {"operation": "check", "code": str(code)}:
            return _checked(run("check", code, _CHECK_LIMITS, packages=_pyflakes_folders()))
    raise ValueError("The event is neither a program to execute nor one to check")


def _told(done: Run) -> dict[str, Any]:
    _log_missing(tuple(done.missing))
    return {
        "stdout": done.stdout.text(),
        "stderr": done.stderr.text(),
        "exit_code": done.exit_code,
        "duration_ms": done.duration_ms,
        "truncated": done.stdout.truncated or done.stderr.truncated,
        "stopped": done.stopped,
    }


def _checked(done: Run) -> dict[str, Any]:
    _log_missing(tuple(done.missing))
    if done.stopped is not None or done.exit_code != 0 or done.stdout.truncated:
        return {"problems": None}
    return {"problems": json.loads(done.stdout.text())}


@cache
def _log_missing(missing: tuple[str, ...]) -> None:
    """Once, not at every run."""
    for confinement in missing:
        print(f"Programs run without {confinement}", flush=True)


@cache
def _pyflakes_folders() -> list[str]:
    """Where the checker lies: in the layer of tools, or in the virtual environment."""
    return [entry for entry in sys.path if Path(entry, "pyflakes").is_dir()]
