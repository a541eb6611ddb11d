"""The filter's decisions, computed as the kernel would, for both machines."""

import errno
import socket
import struct

import pytest

from functions.code_runner.seccomp import filter_program
from functions.code_runner.system_calls import FIRST_UNKNOWN, conditional, refused

PID = 4242
ALLOWED, KILLED = 0x7FFF0000, 0x80000000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# Calls that no Python program does without: read, write, mmap, futex, exit_group, openat, recvfrom, sendto.
NEEDED = {"x86_64": (0, 1, 9, 202, 231, 257, 45, 44), "aarch64": (63, 64, 222, 98, 94, 56, 207, 206)}
MACHINES = pytest.mark.parametrize("machine", ["x86_64", "aarch64"])


def fails_with(number: int) -> int:
    return 0x00050000 | number


def decision(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """A small interpreter of the BPF that the filter is written in."""
    filled = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("=IIQ6Q", number, architecture or ARCHITECTURES[machine], 0, *filled)
    program = list(struct.iter_unpack("=HBBI", filter_program(machine, PID)))
    accumulator = place = 0
    while True:
        code, if_true, if_false, value = program[place]
        place += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case 0x54:
                accumulator &= value
            case 0x15:
                place += if_true if accumulator == value else if_false
            case 0x35:
                place += if_true if accumulator >= value else if_false
            case 0x45:
                place += if_true if accumulator & value else if_false
            case 0x06:
                return value
            case _:
                raise AssertionError(f"an unforeseen instruction: {code:#x}")


@MACHINES
def test_what_every_program_needs_is_allowed_and_what_reaches_out_is_not(machine: str) -> None:
    assert {decision(machine, number) for number in NEEDED[machine]} == {ALLOWED}
    assert {decision(machine, number) for number in refused(machine)} == {fails_with(errno.EPERM)}
    assert not set(refused(machine)) & {*NEEDED[machine], *conditional(machine).values()}


@MACHINES
def test_calls_that_are_newer_than_the_list_and_other_interfaces_do_not_exist(machine: str) -> None:
    for number in (FIRST_UNKNOWN, 462, 0x40000000 + 41, conditional(machine)["clone3"]):
        assert decision(machine, number) == fails_with(errno.ENOSYS)
    assert decision(machine, 0, architecture=0x40000003) == KILLED  # 32 bits on x86


@MACHINES
def test_signals_limits_and_scheduling_are_for_itself_only(machine: str) -> None:
    calls = conditional(machine)
    for name in ("kill", "tgkill"):
        assert decision(machine, calls[name], PID) == ALLOWED
        for pid in (1, 0, 0xFFFFFFFF, PID + 1):
            assert decision(machine, calls[name], pid) == fails_with(errno.EPERM)
    for name in ("prlimit64", "sched_setaffinity", "sched_setparam", "sched_setscheduler", "sched_setattr"):
        assert decision(machine, calls[name], 0) == decision(machine, calls[name], PID) == ALLOWED
        assert decision(machine, calls[name], PID - 1) == fails_with(errno.EPERM)


@MACHINES
def test_threads_are_allowed_and_processes_are_not(machine: str) -> None:
    clone = conditional(machine)["clone"]
    thread_flags = 0x3D0F00  # what glibc's pthread_create asks for
    assert decision(machine, clone, thread_flags) == ALLOWED
    assert decision(machine, clone, 17) == fails_with(errno.EPERM)  # SIGCHLD: a fork
    assert decision(machine, clone, 0x10000000 | 17) == fails_with(errno.EPERM)  # with a user namespace


@MACHINES
def test_of_sockets_there_are_connected_pairs_only(machine: str) -> None:
    pair = conditional(machine)["socketpair"]
    stream, datagram = int(socket.SOCK_STREAM), int(socket.SOCK_DGRAM)
    assert decision(machine, pair, int(socket.AF_UNIX), stream) == ALLOWED
    assert decision(machine, pair, int(socket.AF_UNIX), stream | 0o2004000) == ALLOWED
    assert decision(machine, pair, int(socket.AF_UNIX), datagram) == fails_with(errno.EPERM)
    assert decision(machine, pair, int(socket.AF_INET), stream) == fails_with(errno.EPERM)


@MACHINES
def test_a_descriptor_is_not_given_to_another_process(machine: str) -> None:
    calls = conditional(machine)
    for command in (8, 10, 15):
        assert decision(machine, calls["fcntl"], 3, command) == fails_with(errno.EPERM)
    assert decision(machine, calls["fcntl"], 3, 1) == ALLOWED
    for request in (0x8901, 0x8902, 0x5412):
        assert decision(machine, calls["ioctl"], 3, request) == fails_with(errno.EPERM)
    assert decision(machine, calls["ioctl"], 3, 0x5401) == ALLOWED
