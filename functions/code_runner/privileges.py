"""Gives up what a program needs not: the network, the user and its rights, ways to regain them."""

import contextlib
import ctypes
import os
import signal
import struct
from pathlib import Path

from functions.code_runner.libc import call, prctl

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_SET_NO_NEW_PRIVS = 1, 4, 8, 38
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_CAPABILITY_VERSION = 0x20080522
_CAP_DAC_READ_SEARCH = 2

# No account's; the process number makes it different for each of the programs that run at once.
_FIRST_USER = 1_500_000_000
_NOBODY = 65534


def leave_network() -> None:
    """Into a network without interfaces, which needs root or a user namespace. Raises `OSError`."""
    namespaces = _CLONE_NEWNET | _CLONE_NEWIPC
    if os.geteuid() != 0:
        namespaces |= _CLONE_NEWUSER
    call("unshare", namespaces)


def become_another_user(scratch: Path, readable: tuple[Path, ...]) -> None:
    """From root to a user to whom nothing belongs but the scratch folder; any other stays who it is.

    Python may lie where only root gets to, for example in its home. The right to read everything is kept
    then, and the file rules decide what is read. Every other right goes in any case. Raises `OSError`.
    """
    keeps_reading = os.geteuid() == 0 and not all(_is_open_to_all(path) for path in readable)
    try:
        if os.geteuid() == 0:
            prctl(_PR_SET_KEEPCAPS, 1)
            _change_user(scratch)
    finally:
        _drop_capabilities(but=1 << _CAP_DAC_READ_SEARCH if keeps_reading else 0)


def _change_user(scratch: Path) -> None:
    os.setgroups([])
    for user in (_FIRST_USER + os.getpid(), _NOBODY):  # a container may know few users
        with contextlib.suppress(OSError):
            os.chown(scratch, user, user)
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            return
    raise OSError("no other user can be had")


def _drop_capabilities(*, but: int = 0) -> None:
    """`but` is the set of those to keep, of which each must be held."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    # Effective, permitted, inheritable; then the same of the upper 32.
    call("capset", header, struct.pack("=6I", but, but, 0, 0, 0, 0))


def forbid_new_privileges() -> None:
    """A set-user-id program gives nothing any more. Raises `OSError`."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent() -> None:
    """Forgotten whenever the user changes. Raises `OSError`."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def hide_from_others() -> None:
    """Nobody but root may read this process's environment, memory and descriptors. Raises `OSError`."""
    prctl(_PR_SET_DUMPABLE, 0)


def limit_memory_arenas() -> None:
    """Each thread's own would reserve 64 MB of the address space that the program is allowed."""
    m_arena_max = -8
    call("mallopt", ctypes.c_int(m_arena_max), ctypes.c_int(1))


def _is_open_to_all(path: Path) -> bool:
    return not path.exists() or all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))
