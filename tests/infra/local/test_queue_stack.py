"""The whole stack with a queue: from one function to the other, over a worker's death and over a restart."""

import urllib.request
from pathlib import Path

from tests.e2e.stack import RunningStack, started_stack
from tests.infra.local.projects import wait_until
from tests.infra.local.queue_stack import FOLDER, write_functions

MODULE = "tests.infra.local.queue_stack"


def post(stack: RunningStack, text: str) -> None:
    request = urllib.request.Request(f"{stack.url}/work", text.encode(), method="POST")
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.status == 202


def done(folder: Path) -> list[list[str]]:
    """Of each message its text, the number of its receptions, and when that was."""
    path = folder / "done"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def test_a_message_reaches_its_function_over_a_dead_worker_and_a_restart(tmp_path: Path) -> None:
    write_functions(tmp_path)
    environment = {FOLDER: str(tmp_path)}
    with started_stack(tmp_path / "data", environment, module=MODULE) as stack:
        for text in ("one", "die", "wait"):
            post(stack, text)
        wait_until(lambda: len(done(tmp_path)) == 4)
        first, died, again, last = done(tmp_path)
        assert [first[:2], died[:2], again[:2], last[:2]] == [
            ["one", "1"],
            ["die", "1"],
            ["die", "2"],
            ["wait", "1"],
        ]
        assert float(again[2]) - float(died[2]) >= 0.9, "it is hidden for the second that the function said"
        stack.stop()
        output = stack.output.read_text()
        assert output.count("failed (1 of 3 times)") == 1
        assert "Traceback" not in output
    with started_stack(tmp_path / "data", environment, module=MODULE) as stack:
        wait_until(lambda: len(done(tmp_path)) == 5)
        assert done(tmp_path)[-1][:2] == ["wait", "2"]
        stack.stop()
