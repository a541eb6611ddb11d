"""Calls of the C library and of the kernel that Python does not offer."""

import ctypes
import os
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long


def call(name: str, *arguments: Any) -> int:
    """Raises `OSError` where the call fails or the library has no such function."""
    function = getattr(_LIBC, name, None)
    if function is None:
        raise OSError(f"there is no {name} on this system")
    result = int(function(*arguments))
    if result < 0:
        errno = ctypes.get_errno()
        raise OSError(errno, f"{name}: {os.strerror(errno)}")
    return result


def prctl(option: int, value: int = 0, pointer: Any = None) -> int:
    """https://man7.org/linux/man-pages/man2/prctl.2.html; raises `OSError`."""
    rest = (pointer, ctypes.c_ulong(0), ctypes.c_ulong(0))
    return call("prctl", option, ctypes.c_ulong(value), *rest)
