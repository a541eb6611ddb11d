"""The real AWS host as a process of a test."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.aws import AwsAccess


class HostProcess:
    def __init__(self, data: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "infra.local.aws_host", "--data", str(data), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        endpoint_url = json.loads(self.process.stdout.readline())["endpoint_url"]
        self.access = AwsAccess(endpoint_url=endpoint_url, own=True)
        self.client = self.access.dynamodb()

    def close(self) -> int:
        self.client.close()
        self.process.communicate(timeout=20)
        return self.process.returncode


@contextmanager
def running_host(data: Path, *arguments: str) -> Iterator[HostProcess]:
    host = HostProcess(data, *arguments)
    try:
        yield host
    finally:
        assert host.close() == 0
