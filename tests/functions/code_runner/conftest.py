"""The function's process is guarded against its programs: here that is the tests' own, for a test only."""

import ctypes
import sys
from collections.abc import Iterator

import pytest

from functions.code_runner.libc import prctl
from functions.code_runner.processes import guard_this_process

_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36


@pytest.fixture(autouse=True)
def _environment() -> None:
    """The function has no tables and no settings."""


@pytest.fixture(autouse=True)
def _cheap_passwords() -> None:
    """Nor passwords."""


@pytest.fixture(autouse=True)
def _guarded() -> Iterator[None]:
    guard_this_process()
    yield
    if sys.platform == "linux":
        prctl(_PR_SET_DUMPABLE, 1)
        prctl(_PR_SET_CHILD_SUBREAPER, 0, ctypes.c_ulong(0))
