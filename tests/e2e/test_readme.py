"""What the README tells a newcomer to type works as it stands there."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.client import read_events, text_of
from tests.e2e.stack import running_stack

PROJECT = Path(__file__).resolve().parents[2]


def walkthrough(page: str) -> str:
    """The shell block behind the page's marker."""
    match = re.search(r"<!-- walkthrough.*?-->\n```sh\n(.*?)```", (PROJECT / page).read_text(), re.DOTALL)
    assert match is not None
    return match[1]


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_walkthrough_streams_a_reply_with_the_right_result(page: str, tmp_path: Path) -> None:
    with running_stack(tmp_path / "data") as stack:
        run = subprocess.run(
            ["bash", "-eu", "-c", walkthrough(page)],
            env={"PATH": os.environ["PATH"], "BASE": stack.url},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    registered, _, stream = run.stdout.partition("id: 1\n")
    events = list(read_events(("id: 1\n" + stream).split("\n")))

    assert '"success":true' in registered
    assert [event.name for event in (events[0], events[-1])] == ["start", "done"]
    assert {"tool_call", "tool_result"} <= {event.name for event in events}
    assert "84" in text_of(events)
