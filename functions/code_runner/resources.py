"""The limits that the kernel keeps for each process."""

import contextlib
import math
import os
import resource
from pathlib import Path

from functions.code_runner.limits import Limits


def limit_resources(limits: Limits) -> None:
    """For good: the hard limits are set too. A lower one that is set already stays."""
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, 2 * math.ceil(limits.seconds) + 1),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_NPROC, _tasks_of_this_user() + limits.tasks),
        (resource.RLIMIT_AS, limits.memory_bytes),
    ):
        # macOS knows of a limit on the address space, but sets none.
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(kind)
            value = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (value, value))


def _tasks_of_this_user() -> int:
    """The kernel counts all of a user's threads, also those that have nothing to do with the program."""
    return sum(_tasks(status, os.getuid()) for status in Path("/proc").glob("[0-9]*/status"))


def _tasks(status: Path, user: int) -> int:
    try:
        fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        return int(fields["Threads"]) if int(fields["Uid"].split()[0]) == user else 0
    except (OSError, KeyError, ValueError):  # it has just ended
        return 0
