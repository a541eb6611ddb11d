"""ministack, an AWS emulator, out of its own environment, which `make .emulator/.ready` sets up."""

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

PROJECT = Path(__file__).parents[2]
PYTHON = PROJECT / ".emulator" / "bin" / "python"
START_SECONDS = 60


@contextmanager
def running_emulator(home: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """Its URL; all that it writes is in `home`, its own log among it."""
    assert PYTHON.exists(), "run `make .emulator/.ready` first"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        process = _start(listener, home, {**settings, "GATEWAY_PORT": str(port)})
        try:
            # It listens already: the first request waits until there is somebody to serve it.
            httpx.get(f"{url}/_ministack/health", timeout=START_SECONDS, trust_env=False).raise_for_status()
            yield url
        finally:
            process.terminate()
            process.wait()


def _start(listener: socket.socket, home: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    descriptor = listener.fileno()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        **settings,
    }
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [PYTHON, "-m", "hypercorn", "--bind", f"fd://{descriptor}", "ministack.app:app"],
            env=environment,
            pass_fds=[descriptor],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
