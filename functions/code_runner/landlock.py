"""What a program may see and write of the file system, and whom it may reach, as Landlock enforces it.

It needs no privilege. https://docs.kernel.org/userspace-api/landlock.html
"""

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from functions.code_runner.libc import call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE = 1 << 14
_READ = _READ_FILE | _READ_DIR
_OF_A_FILE = _READ_FILE | _WRITE_FILE | _TRUNCATE
# How many of the rights, the first ones, each version of the interface knows; 5 and later know all 16.
_KNOWN_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_ALL_RIGHTS = 16
_TCP_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3


class Ruleset:
    """Paths are opened when they are added: whoever adds them needs to reach them, not the program."""

    def __init__(self) -> None:
        """Raises `OSError` where the kernel has no Landlock."""
        version = call("syscall", _CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
        self._handled = (1 << _KNOWN_RIGHTS.get(version, _ALL_RIGHTS)) - 1
        attributes = struct.pack("=Q", self._handled)
        if version >= 4:
            attributes += struct.pack("=Q", _TCP_BIND_AND_CONNECT)
        if version >= 6:
            attributes += struct.pack("=Q", _ABSTRACT_SOCKETS_AND_SIGNALS)
        size = ctypes.c_size_t(len(attributes))
        self._descriptor = call("syscall", _CREATE_RULESET, attributes, size, ctypes.c_uint32(0))

    def allow_reading(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._allow(path, _READ)

    def allow_using(self, folder: Path) -> None:
        """All but running what lies in it."""
        self._allow(folder, self._handled & ~_EXECUTE)

    def allow_devices(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._allow(path, _OF_A_FILE)

    def enforce(self) -> None:
        """For this thread and those that it will start, for good. Needs `no_new_privs`. Raises `OSError`."""
        call("syscall", _RESTRICT_SELF, self._descriptor, ctypes.c_uint32(0))
        os.close(self._descriptor)

    def _allow(self, path: Path, rights: int) -> None:
        """A path that does not exist needs no rule."""
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                wanted = rights & self._handled & (-1 if path.is_dir() else _OF_A_FILE)
                rule = struct.pack("=Qi", wanted, descriptor)
                call("syscall", _ADD_RULE, self._descriptor, _RULE_PATH_BENEATH, rule, ctypes.c_uint32(0))
            finally:
                os.close(descriptor)
