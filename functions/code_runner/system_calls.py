"""What the kernel's calls are numbered, and which of them a program is refused.

https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl, for x86_64, and
https://github.com/torvalds/linux/blob/master/scripts/syscall.tbl, for aarch64. From 424 on the two agree.
"""

from collections.abc import Mapping

# Calls from here on are newer than this list, and for a program do not exist; libraries then take older ones.
FIRST_UNKNOWN = 451

_REFUSED_ON_BOTH = {
    # The network, and whatever else a socket reaches: the Runtime API, the metadata, other processes.
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "accept4": (288, 242),
    "bind": (49, 200),
    "listen": (50, 201),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    # Processes of its own: they would share none of its limits, and could outlive it.
    "execve": (59, 221),
    "execveat": (322, 281),
    # The runtime, which has the same user, and every other process.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # Another view of the system.
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # Memory that no limit counts, or that stays when the program has ended.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # Wide doors into the kernel.
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "syslog": (103, 116),
}
# aarch64 has none of them: its libraries make processes with clone.
_REFUSED_ON_X86 = {"fork": 57, "vfork": 58, "modify_ldt": 154}

# Allowed or refused by their arguments.
_CONDITIONAL = {
    "socketpair": (53, 199),
    "clone": (56, 220),
    "clone3": (435, 435),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
}
_COLUMNS = {"x86_64": 0, "aarch64": 1}


def refused(machine: str) -> list[int]:
    """Raises `KeyError` for a machine whose numbers are not listed."""
    column = _COLUMNS[machine]
    numbers = [pair[column] for pair in _REFUSED_ON_BOTH.values()]
    return numbers + (list(_REFUSED_ON_X86.values()) if machine == "x86_64" else [])


def conditional(machine: str) -> Mapping[str, int]:
    """Raises `KeyError` for a machine whose numbers are not listed."""
    column = _COLUMNS[machine]
    return {name: pair[column] for name, pair in _CONDITIONAL.items()}
