"""All that keeps a program within its process: each part is tried, and what cannot be had is told."""

import sys
from collections.abc import Sequence
from pathlib import Path

from functions.code_runner import privileges, seccomp
from functions.code_runner.landlock import Ruleset
from functions.code_runner.limits import Limits
from functions.code_runner.resources import limit_resources

_STANDARD_LIBRARY = (Path(sys.base_prefix, "lib"), Path(sys.base_prefix, "lib64"))
# Shared libraries and time zones.
_SYSTEM = (
    Path("/lib"),
    Path("/lib64"),
    Path("/usr/lib"),
    Path("/usr/lib64"),
    Path("/usr/share/zoneinfo"),
    Path("/etc/ld.so.cache"),
    Path("/etc/localtime"),
)
_DEVICES = (Path("/dev/null"), Path("/dev/zero"), Path("/dev/random"), Path("/dev/urandom"))


def confine(limits: Limits, scratch: Path, *, readable: Sequence[Path] = ()) -> list[str]:
    """Confines this process for good, and returns what this system does not have, with the reasons.

    What is `readable` is so besides the standard library and the system's own.
    To be called before there are further threads. The order matters: the filter on calls comes last, because
    it refuses what the others need.
    """
    if sys.platform != "linux":
        limit_resources(limits)
        return [f"everything but limits on resources ({sys.platform} is not Linux)"]
    missing = []
    for name, step in {
        "bounded memory arenas": privileges.limit_memory_arenas,
        "no new privileges": privileges.forbid_new_privileges,
        "a network of its own": privileges.leave_network,
        "a user of its own": lambda: privileges.become_another_user(scratch, (*_STANDARD_LIBRARY, *readable)),
        "limits on resources": lambda: limit_resources(limits),
        "rules for files (Landlock)": lambda: _restrict_files(scratch, readable),
        "an end with its parent": privileges.die_with_parent,
        "a filter on system calls (seccomp)": seccomp.install,
    }.items():
        try:
            step()
        except OSError as error:
            missing.append(f"{name} ({error})")
    return missing


def _restrict_files(scratch: Path, readable: Sequence[Path]) -> None:
    rules = Ruleset()
    rules.allow_reading((*_SYSTEM, *_STANDARD_LIBRARY, *readable))
    rules.allow_devices(_DEVICES)
    rules.allow_using(scratch)
    rules.enforce()
