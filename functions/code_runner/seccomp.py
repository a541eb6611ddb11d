"""A filter on the kernel's calls: what would reach beyond the program fails with EPERM.

https://man7.org/linux/man-pages/man2/seccomp.2.html
"""

import ctypes
import errno
import os
import socket
import struct

from functions.code_runner.libc import prctl
from functions.code_runner.system_calls import FIRST_UNKNOWN, conditional, refused

_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_AUDIT_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Classic BPF: https://www.kernel.org/doc/html/latest/networking/filter.html
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_ALLOW, _FAIL, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET = 0, 4

_CLONE_THREAD = 0x00010000
_SOCKET_TYPE_MASK = 0xF
# Who owns a descriptor is sent its signals: with F_SETSIG any signal to any process of the same user.
_OWNER_COMMANDS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX
_OWNER_REQUESTS = (0x8901, 0x8902, 0x5412)  # FIOSETOWN, SIOCSPGRP, TIOCSTI

type _Instruction = tuple[int, int, int, int]


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_char_p))


def install() -> None:
    """For this thread and those that it will start, for good. Needs `no_new_privs`. Raises `OSError`."""
    machine = os.uname().machine
    if machine not in _AUDIT_ARCHITECTURES:
        raise OSError(f"no filter is written for {machine}")
    program = filter_program(machine, os.getpid())
    prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(_Filter(len(program) // 8, program)))


def filter_program(machine: str, pid: int) -> bytes:
    """`pid` is the only process that the program may send a signal to: its own."""
    instructions = [
        _load(_ARCHITECTURE_OFFSET),
        (_IF_EQUAL, 1, 0, _AUDIT_ARCHITECTURES[machine]),
        _return(_KILL_PROCESS),
        _load(_NUMBER_OFFSET),
        # Numbers of the x32 interface have a high bit set, and end here as well.
        (_IF_AT_LEAST, 0, 1, FIRST_UNKNOWN),
        _fail(errno.ENOSYS),
    ]
    for number in refused(machine):
        instructions += _where(number, [_fail(errno.EPERM)])
    for name, number in conditional(machine).items():
        instructions += _where(number, _condition(name, pid))
    return b"".join(struct.pack("=HBBI", *each) for each in (*instructions, _return(_ALLOW)))


def _condition(name: str, pid: int) -> list[_Instruction]:
    """The kernel reads these arguments as 32 bits, so their upper halves do not matter."""
    match name:
        case "clone3":
            return [_fail(errno.ENOSYS)]  # its flags are out of a filter's sight; libraries then take clone
        case "clone":
            return [
                _load_argument(0),
                (_IF_ANY_BIT, 1, 0, _CLONE_THREAD),
                _fail(errno.EPERM),
                _return(_ALLOW),
            ]
        case "socketpair":
            return _connected_pair()  # event loops wake themselves through one
        case "kill" | "tgkill":
            return _only(0, (pid,))
        case "fcntl":
            return _none_of(1, _OWNER_COMMANDS)
        case "ioctl":
            return _none_of(1, _OWNER_REQUESTS)
        case _:  # limits and scheduling; 0 means whoever calls
            return _only(0, (0, pid))


def _connected_pair() -> list[_Instruction]:
    return [
        _load_argument(0),
        (_IF_EQUAL, 0, 3, int(socket.AF_UNIX)),
        _load_argument(1),
        (_AND, 0, 0, _SOCKET_TYPE_MASK),
        (_IF_EQUAL, 1, 0, int(socket.SOCK_STREAM)),
        _fail(errno.EPERM),
        _return(_ALLOW),
    ]


def _only(index: int, values: tuple[int, ...]) -> list[_Instruction]:
    tests = [(_IF_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [_load_argument(index), *tests, _fail(errno.EPERM), _return(_ALLOW)]


def _none_of(index: int, values: tuple[int, ...]) -> list[_Instruction]:
    tests = [(_IF_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [_load_argument(index), *tests, _return(_ALLOW), _fail(errno.EPERM)]


def _where(number: int, body: list[_Instruction]) -> list[_Instruction]:
    return [(_IF_EQUAL, 0, len(body), number), *body]


def _load(offset: int) -> _Instruction:
    return (_LOAD, 0, 0, offset)


def _load_argument(index: int) -> _Instruction:
    """The lower half: both machines are little-endian."""
    return _load(16 + 8 * index)


def _return(action: int) -> _Instruction:
    return (_RETURN, 0, 0, action)


def _fail(number: int) -> _Instruction:
    return _return(_FAIL | number)
