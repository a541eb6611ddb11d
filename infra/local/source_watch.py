"""Notices that the functions' code has changed since a worker loaded it."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path


class SourceWatch:
    def __init__(self, folders: Iterable[Path], *, scan_seconds: float) -> None:
        self._folders = tuple(folders)
        self._scan_seconds = scan_seconds
        self._scanned_at = float("-inf")
        self._last_change = 0.0

    def last_change(self) -> float:
        """When the newest Python file was written, in seconds since the epoch; looked up now and then."""
        now = time.monotonic()
        if now - self._scanned_at >= self._scan_seconds:
            self._scanned_at = now
            self._last_change = max((_newest(folder) for folder in self._folders), default=0.0)
        return self._last_change


def _newest(folder: Path) -> float:
    return max(_modification_times(str(folder)), default=0.0)


def _modification_times(folder: str) -> Iterator[float]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        yield from _modification_times(entry.path)
                elif entry.name.endswith(".py"):
                    yield entry.stat().st_mtime
    except FileNotFoundError:
        return  # removed while it was looked at
