"""ministack, an AWS emulator, out of its own environment, which `make .emulator/.ready` sets up."""

import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.fakes.model_server import ModelServer

PROJECT = Path(__file__).parents[2]
PYTHON = PROJECT / ".emulator" / "bin" / "python"
START_SECONDS = 60


@dataclass(frozen=True)
class Emulator:
    """`models` answers what is asked of the emulator's models, and keeps what it was asked."""

    url: str
    models: ModelServer


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    assert PYTHON.exists(), "run `make .emulator/.ready` first"
    home = tmp_path_factory.mktemp("emulator")
    with ModelServer("whole") as models, socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = _start(listener, home, models.url.removesuffix("/v1"))
        try:
            # It listens already: the first request waits until there is somebody to serve it.
            httpx.get(f"{url}/_ministack/health", timeout=START_SECONDS, trust_env=False).raise_for_status()
            yield Emulator(url=url, models=models)
        finally:
            process.terminate()
            process.wait()


def _start(listener: socket.socket, home: Path, models_url: str) -> subprocess.Popen[bytes]:
    descriptor = listener.fileno()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "SERVICES": "bedrock,bedrock-runtime",
        "MINISTACK_BEDROCK_PROXY_URL": models_url,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [PYTHON, "-m", "hypercorn", "--bind", f"fd://{descriptor}", "ministack.app:app"],
            env=environment,
            pass_fds=[descriptor],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
