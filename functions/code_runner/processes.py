"""This process and those below it: nobody reads it, and nothing that a program has started stays."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from functions.code_runner import privileges
from functions.code_runner.libc import prctl

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE_SECONDS = 5.0


def guard_this_process() -> None:
    """Its environment holds the function's credentials, and a program runs as the same user in Lambda.

    What programs orphan becomes its child, so that it can be found. Does nothing where there is no Linux.
    """
    if sys.platform == "linux":
        privileges.hide_from_others()
        prctl(_PR_SET_CHILD_SUBREAPER, 1)


def children() -> set[int]:
    """Of this process; empty where the system does not tell."""
    found = set[int]()
    for listing in Path("/proc/self/task").glob("*/children"):
        found |= {int(pid) for pid in listing.read_text().split()}
    return found


def end_all(process: subprocess.Popen[bytes], *, spared: set[int]) -> None:
    """Kills the process, its group and all its descendants, and waits until none is left.

    `process` leads its group; `spared` are the children that were there before it. Whoever's parent dies
    becomes our child: killing children until there are none ends every tree. Raises `TimeoutError` where
    something does not die.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    while (left := children() - spared) and time.monotonic() < deadline:
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.001)
    if left:
        raise TimeoutError(f"{len(left)} processes of a program do not end")
