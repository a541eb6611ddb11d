"""Each program does no harm, ends as it should, leaves nothing, and the next run works."""

import sys
import tempfile
from pathlib import Path

import pytest

from functions.code_runner.limits import Limits
from functions.code_runner.processes import children
from functions.code_runner.runs import run
from tests.functions.code_runner.hostile import crowds, endless, hoarders, saboteurs, spies

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere there are limits on resources only"
)

PROGRAMS = endless.PROGRAMS | crowds.PROGRAMS | hoarders.PROGRAMS | spies.PROGRAMS | saboteurs.PROGRAMS
SECRET = "marked-5f1c"


def left_behind() -> set[object]:
    """Processes and files; what was there before a run may go meanwhile, but nothing may come."""
    return children() | {*Path(tempfile.gettempdir()).iterdir(), *Path("/dev/shm").glob("*reached*")}


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hostile_program_does_no_harm(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ending, source = PROGRAMS[name]
    before = left_behind()
    descriptors = open_descriptors()

    outcome = run(
        "execute", source, Limits(seconds=ending.seconds, scratch_entries=300, output_bytes=4_000_000)
    )

    assert left_behind() <= before
    assert open_descriptors() <= descriptors
    assert outcome.duration_ms < 1000 * ending.seconds + 2000
    said = outcome.stdout.text(), outcome.stderr.text()
    assert SECRET not in "".join(said)
    if not outcome.missing:  # what this machine cannot confine is told in the log
        assert outcome.stopped == ending.stopped, said
        assert ending.exit_code in (None, outcome.exit_code), said
        assert ending.says in "".join(said)
        assert "REACHED" not in said[0]
    assert run("execute", "print('well')", Limits(seconds=10)).stdout.text() == "well\n"
