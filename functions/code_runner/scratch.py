"""The folder in which a program may write, from its making to its removal."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from functions.code_runner.limits import Limits

# In Lambda the function has /tmp for itself; elsewhere it is everybody's.
_LAMBDA_TASK_ROOT = "/var/task"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """At the end it is removed, and in Lambda with it all else that a program has left in /tmp.

    Whatever could write there must have ended by then.
    """
    folder = Path(tempfile.mkdtemp(prefix="run-")).resolve()
    try:
        yield folder
    finally:
        _remove(folder)
        if os.environ.get("LAMBDA_TASK_ROOT") == _LAMBDA_TASK_ROOT:
            for left_over in folder.parent.iterdir():
                _remove(left_over)


def overflows(folder: Path, limits: Limits) -> bool:
    """Whether its files are too many or too large together, or cannot be counted."""
    size = entries = 0
    folders = [str(folder)]
    try:
        while folders:
            with os.scandir(folders.pop()) as listing:
                for entry in listing:
                    entries += 1
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    if size > limits.scratch_bytes or entries > limits.scratch_entries:
                        return True
    except FileNotFoundError:
        return False  # the program removes while we count; the next look will see
    except OSError:
        return True
    return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.chmod(0o700)
        _empty(path)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _empty(folder: Path) -> None:
    """Brings inner folders up before they are removed: they may be nested deeper than a path can be long.

    A program may also have locked them.
    """
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        while inner := _remove_files(top):
            for name in inner:
                below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
                try:
                    for nested in _remove_files(below):
                        os.rename(nested, uuid.uuid4().hex, src_dir_fd=below, dst_dir_fd=top)
                finally:
                    os.close(below)
                os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)


def _remove_files(folder: int) -> list[str]:
    """All but the folders, whose names it returns, unlocked."""
    folders = []
    with os.scandir(folder) as listing:
        for entry in listing:
            if entry.is_dir(follow_symlinks=False):
                os.chmod(entry.name, 0o700, dir_fd=folder)
                folders.append(entry.name)
            else:
                os.unlink(entry.name, dir_fd=folder)
    return folders
