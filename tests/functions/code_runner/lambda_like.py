"""Runs programs where there is no more than in Lambda: no root, no namespaces, no Landlock.

`python -m tests.functions.code_runner.lambda_like`, as root: reads a JSON object of sources by name, writes
one of results. The process stands for the runtime, with secrets in its environment, and also for the
Runtime API.
"""

import ctypes
import errno
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from functions.code_runner import privileges
from functions.code_runner.handler import handler
from functions.code_runner.libc import prctl

PROJECT = Path(__file__).resolve().parents[3]
_USER = 12_345
_UNSHARE = {"x86_64": 272, "aarch64": 97}


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    _open_to_everybody([PROJECT, Path(sys.base_prefix), Path(sys.prefix)])
    os.chown(folder, _USER, _USER)
    tempfile.tempdir = str(folder)
    os.setgroups([])
    os.setresgid(_USER, _USER, _USER)
    os.setresuid(_USER, _USER, _USER)
    privileges.forbid_new_privileges()
    _take_away_namespaces_and_landlock()
    with socket.create_server(("127.0.0.1", 0)) as runtime_api:
        runtime_api.setblocking(False)
        os.environ["AWS_LAMBDA_RUNTIME_API"] = f"127.0.0.1:{runtime_api.getsockname()[1]}"
        os.environ["LAMBDA_TASK_ROOT"] = "/var/task"
        results = {name: _run(source) for name, source in json.load(sys.stdin).items()}
        results["connections"] = _connections(runtime_api)
    results["left in the temporary folder"] = [path.name for path in folder.iterdir()]
    json.dump(results, sys.stdout)
    folder.rmdir()


def _run(source: str) -> dict[str, Any]:
    port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")[1]
    event = {"operation": "execute", "code": source.replace("RUNTIME_PORT", port), "timeout_seconds": 10}
    return handler(event, None)


def _connections(server: socket.socket) -> int:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return 0
    return 1


def _open_to_everybody(folders: list[Path]) -> None:
    """In a view of the file system for this process only: root's home may hold Python and the project."""
    os.unshare(os.CLONE_NEWNS)
    _mount("--make-rprivate", "/")
    with tempfile.TemporaryDirectory() as aside:
        kept = {Path(aside, str(number)): folder for number, folder in enumerate(folders)}
        for place, folder in kept.items():
            place.mkdir()
            _mount("--rbind", str(folder), str(place))
        for locked in {path for folder in folders for path in folder.parents if not path.stat().st_mode & 1}:
            _mount("-t", "tmpfs", "-o", "mode=755", "none", str(locked))
        for place, folder in kept.items():
            folder.mkdir(parents=True, exist_ok=True)
            _mount("--rbind", str(place), str(folder))
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def _take_away_namespaces_and_landlock() -> None:
    """By a filter of its own, which whatever this process starts inherits."""
    calls = (_UNSHARE[os.uname().machine], 444, 445, 446)
    program = [(0x20, 0, 0, 0)]
    program += [(0x15, len(calls) - place, 0, number) for place, number in enumerate(calls)]
    program += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050000 | errno.EPERM)]
    content = b"".join(struct.pack("=HBBI", *each) for each in program)

    class Filter(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_char_p))

    prctl(22, 2, ctypes.byref(Filter(len(program), content)))


if __name__ == "__main__":
    main()
