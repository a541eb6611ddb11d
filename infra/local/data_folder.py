"""The folder with the stack's data, which one stack uses at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.errors import StackError


class DataFolderInUseError(StackError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"Another stack is using {folder}; choose another folder with --data")


@contextmanager
def claimed_data_folder(folder: Path) -> Iterator[None]:
    """Creates it where needed. The system gives the claim up even if the process is killed.

    Raises `DataFolderInUseError`: two stacks would overwrite each other's data.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataFolderInUseError(folder) from error
        yield
