"""The whole stack as a process: its start, its end, and what is left of it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.local.processes import process_tree
from tests.e2e.stack import RunningStack, started_stack
from tests.infra.local.hosts import running_host
from tests.infra.local.invoking import runs
from tests.infra.local.projects import wait_until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")


def health(url: str) -> int:
    with urllib.request.urlopen(f"{url}/api/health", timeout=20) as response:
        return int(response.status)


def none_runs(pids: list[int]) -> Callable[[], bool]:
    return lambda: not any(runs(pid) for pid in pids)


def family(stack: RunningStack) -> list[int]:
    pids = process_tree(stack.process.pid)
    assert len(pids) >= 4, "the stack, its reaper, its AWS and a worker"
    return pids


def test_it_says_when_it_is_ready_serves_and_leaves_no_process_after_sigterm(tmp_path: Path) -> None:
    with started_stack(tmp_path) as stack:
        assert stack.output.read_text().splitlines() == [f"Parley is ready at {stack.url} (Ctrl-C stops it)"]
        assert stack.url.startswith("http://localhost:")
        assert health(stack.url) == 200
        assert "service " in stack.output.read_text()
        pids = family(stack)
        stack.stop()
        wait_until(none_runs(pids))


def test_ctrl_c_in_a_terminal_reaches_the_group_and_still_ends_cleanly(tmp_path: Path) -> None:
    with started_stack(tmp_path) as stack:
        health(stack.url)
        pids = family(stack)
        stack.process.send_signal(signal.SIGINT)
        assert stack.process.wait(30) == 0
        wait_until(none_runs(pids))
        assert "Traceback" not in stack.output.read_text()


def test_a_signal_while_it_starts_ends_it_quietly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.local", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        wait_until(lambda: any(_is_aws_host(pid) for pid in process_tree(process.pid)))
        pids = process_tree(process.pid)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert (process.returncode, output) == (0, b"")
    wait_until(none_runs(pids))


def test_a_killed_stack_takes_its_workers_and_its_aws_with_it(tmp_path: Path) -> None:
    with started_stack(tmp_path) as stack:
        health(stack.url)
        pids = family(stack)
        stack.process.kill()
        stack.process.wait(10)
        wait_until(none_runs(pids))


def test_it_ends_with_an_error_when_its_aws_is_gone(tmp_path: Path) -> None:
    with started_stack(tmp_path) as stack:
        [host] = [pid for pid in process_tree(stack.process.pid) if _is_aws_host(pid)]
        os.kill(host, signal.SIGKILL)
        assert stack.process.wait(30) == 1
        assert "The AWS host has ended" in stack.output.read_text()


def _is_aws_host(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return b"infra.local.aws_host" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def test_a_port_or_a_data_folder_in_use_is_told_at_once(tmp_path: Path) -> None:
    with started_stack(tmp_path / "one") as stack:
        port = urlsplit(stack.url).port
        refused = _run("--port", str(port), "--data", str(tmp_path / "two"))
        assert refused.returncode == 1
        assert refused.stdout == ""
        assert f"Port {port} is taken" in refused.stderr
        assert not (tmp_path / "two").exists()
        refused = _run("--port", "0", "--data", str(tmp_path / "one"))
        assert refused.returncode == 1
        assert "Another stack is using" in refused.stderr
        stack.stop()


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.local", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_data_outlive_a_restart_but_not_a_fresh_one(tmp_path: Path) -> None:
    person = {"username": "alice", "email": "alice@example.org", "password": "correct horse"}
    with started_stack(tmp_path) as stack:
        assert _register(stack.url, person) == 201
        stack.stop()
    with started_stack(tmp_path) as stack:
        assert _register(stack.url, person) == 409
        stack.stop()
    with started_stack(tmp_path, arguments=["--fresh"]) as stack:
        assert _register(stack.url, person) == 201
        stack.stop()


def _register(url: str, person: dict[str, str]) -> int:
    request = urllib.request.Request(
        f"{url}/api/auth/register",
        json.dumps(person).encode(),
        {"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_with_an_endpoint_of_the_developer_no_other_aws_is_started(tmp_path: Path) -> None:
    with running_host(tmp_path / "aws") as host:
        environment = {"AWS_ENDPOINT_URL": host.access.endpoint_url}
        with started_stack(tmp_path / "stack", environment) as stack:
            assert not any(_is_aws_host(pid) for pid in process_tree(stack.process.pid))
            assert "parley-local-users" in host.client.list_tables()["TableNames"]
            stack.stop()
        host.client.put_item(TableName="parley-local-users", Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
        with started_stack(tmp_path / "stack", environment, ["--fresh"]) as stack:
            assert host.client.scan(TableName="parley-local-users")["Count"] == 0
            stack.stop()


def test_a_second_signal_ends_it_at_once_though_a_request_is_under_way(tmp_path: Path) -> None:
    with started_stack(tmp_path) as stack:
        health(stack.url)
        pids = family(stack)
        address = ("127.0.0.1", urlsplit(stack.url).port or 0)
        with socket.create_connection(address, timeout=20) as client:
            client.sendall(
                b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\n"
                b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
            )
            assert client.recv(100).startswith(b"HTTP/1.1 100 ")
            stack.process.send_signal(signal.SIGINT)
            wait_until(lambda: _refuses(address))
            stack.process.send_signal(signal.SIGINT)
            assert stack.process.wait(30) == 1
        wait_until(none_runs(pids))


def _refuses(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=20).close()
    except OSError:
        return True
    return False
