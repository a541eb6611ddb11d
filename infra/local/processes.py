"""Process trees of the workers: who belongs to one, what they hold in memory, and their end."""

import contextlib
import os
import signal
from pathlib import Path

_PROC = Path("/proc")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def process_tree(pid: int) -> list[int]:
    """The process and all its descendants; only itself where the system has no /proc."""
    tree = [pid]
    for member in tree:  # grows while it is walked
        for children in _PROC.glob(f"{member}/task/*/children"):
            with contextlib.suppress(OSError):
                tree += [int(child) for child in children.read_text().split()]
    return tree


def resident_bytes(pid: int) -> int | None:
    """Resident memory of the tree, or None where there is no telling."""
    sizes = [size for member in process_tree(pid) if (size := _resident_bytes(member)) is not None]
    return sum(sizes) if sizes else None


def _resident_bytes(pid: int) -> int | None:
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE_BYTES
    except OSError:
        return None


def kill_tree(pid: int) -> None:
    """Kills the process, its group and its descendants, also those that went into groups of their own.

    `pid` must lead its group. What is gone already is left alone.
    """
    descendants = process_tree(pid)[1:]
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    for descendant in descendants:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(descendant, signal.SIGKILL)
