"""What a program that means well finds, and how its run is told."""

import re
import sys
from pathlib import Path

import pytest

from functions.code_runner import runs
from functions.code_runner.limits import Limits
from functions.code_runner.runs import Run, SandboxError, run
from functions.code_runner.time_zones import bundled_time_zones

FULL_CONFINEMENT = pytest.mark.skipif(
    sys.platform != "linux", reason="what there is elsewhere is limits only"
)

USUAL_PROGRAMS = {
    "an event loop": """
import asyncio
async def main():
    await asyncio.gather(asyncio.sleep(0), asyncio.to_thread(print, 'well'))
asyncio.run(main())
""",
    "threads": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(16) as pool:
    print(*pool.map(str.lower, ['WELL']))
""",
    "pickling its own classes": """
from dataclasses import dataclass
import pickle
@dataclass
class Note:
    text: str
print(pickle.loads(pickle.dumps(Note('well'))).text)
""",
    "a database": """
import sqlite3
print(*sqlite3.connect('notes.db').execute("select 'well'").fetchone())
""",
    "much of the standard library": """
import csv, ctypes, datetime, decimal, hashlib, json, lzma, math, random, re, ssl, statistics, zlib
print('well')
""",
    "time zones": """
from datetime import datetime
from zoneinfo import ZoneInfo
print('well' if datetime(2026, 1, 1, tzinfo=ZoneInfo('Asia/Tokyo')).utcoffset() else 'not at all')
""",
    "an exit handler": "import atexit; atexit.register(print, 'well')",
    "a signal to itself": """
import os, signal
signal.signal(signal.SIGUSR1, lambda *_: print('well'))
os.kill(os.getpid(), signal.SIGUSR1)
""",
    "reading its own source": """
import inspect
def well(): pass
print(inspect.getsource(well)[4:8])
""",
}


def execute(source: str, **limits: int) -> Run:
    return run("execute", source, Limits(seconds=20, **limits))


def printed(source: str) -> str:
    outcome = execute(source)
    assert outcome.exit_code == 0, outcome.stderr.text()
    return outcome.stdout.text()


def test_a_program_is_told_by_its_streams_and_its_exit_code() -> None:
    outcome = execute("import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(3)")

    assert (outcome.stdout.text(), outcome.stderr.text(), outcome.exit_code) == ("out\n", "err\n", 3)
    assert outcome.stopped is None
    assert 0 < outcome.duration_ms < 20_000


def test_a_traceback_shows_the_programs_own_lines_and_nothing_of_ours() -> None:
    outcome = execute("def half(n):\n    return n / 0\n\nhalf(1)")

    assert outcome.exit_code == 1
    assert outcome.stderr.text().splitlines() == [
        "Traceback (most recent call last):",
        '  File "main.py", line 4, in <module>',
        "    half(1)",
        "    ~~~~^^^",
        '  File "main.py", line 2, in half',
        "    return n / 0",
        "           ~~^~~",
        "ZeroDivisionError: division by zero",
    ]


def test_what_does_not_compile_has_no_traceback_but_its_place() -> None:
    assert execute("x = = 1").stderr.text().splitlines() == [
        '  File "main.py", line 1',
        "    x = = 1",
        "        ^",
        "SyntaxError: invalid syntax",
    ]


def test_a_program_is_the_main_module_and_starts_with_nothing() -> None:
    assert printed(
        "import sys\nprint(__name__, sys.argv, sys.modules['__main__'].__dict__ is globals())"
    ) == ("__main__ ['main.py'] True\n")


def test_its_folder_is_home_and_temporary_and_its_own() -> None:
    lines = printed(
        "import os, pathlib, tempfile\nprint(os.listdir())\npathlib.Path('note').write_text('kept')\n"
        "print(os.getcwd() == str(pathlib.Path.home()) == tempfile.gettempdir())\n"
        "print(pathlib.Path('note').read_text(), oct(os.stat('.').st_mode & 0o777))"
    )
    assert lines.splitlines() == ["[]", "True", "kept 0o700"]


def test_the_environment_holds_nothing_but_where_to_write() -> None:
    names = printed("import os; print(*sorted(set(os.environ) - {'LC_CTYPE', '__CF_USER_TEXT_ENCODING'}))")
    assert names == "HOME TMPDIR\n"


@pytest.mark.parametrize("name", USUAL_PROGRAMS)
def test_what_programs_usually_do_works(name: str) -> None:
    assert printed(USUAL_PROGRAMS[name]) == "well\n"


def test_time_zones_come_from_a_package_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    bundled_time_zones.cache_clear()
    monkeypatch.setattr("zoneinfo.TZPATH", ("/nowhere/zoneinfo",))
    try:
        told = printed("import zoneinfo\nprint(zoneinfo.TZPATH, zoneinfo.ZoneInfo('Asia/Tokyo'))")
    finally:
        bundled_time_zones.cache_clear()

    [folder] = Path(sys.prefix, "lib").glob("python3*/site-packages/tzdata/zoneinfo")
    assert told == f"('{folder}',) Asia/Tokyo\n"


def test_text_is_utf_8() -> None:
    assert printed("print('你好, é')") == "你好, é\n"


def test_what_was_printed_before_the_time_was_over_is_told() -> None:
    outcome = run("execute", "print('first')\nwhile True: pass", Limits(seconds=0.3))

    assert (outcome.stopped, outcome.stdout.text()) == ("timeout", "first\n")


def test_long_output_is_cut_in_the_middle_with_a_mark_and_the_program_runs_to_its_end() -> None:
    outcome = execute("print('begin' + 'x' * 1_000_000 + 'end')", stream_bytes=3000)

    text = outcome.stdout.text()
    assert outcome.exit_code == 0
    assert outcome.stdout.truncated
    assert not outcome.stderr.truncated
    assert text.startswith("beginxxx")
    assert text.endswith("xxxend\n")
    assert re.search(r"\n\[… 997009 bytes are left out here …\]\n", text)
    assert len(text) < 3100


@FULL_CONFINEMENT
def test_a_process_that_cannot_start_is_an_error_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_START", "raise SystemExit('{root} {report}' and 'broken')")

    with pytest.raises(SandboxError, match="broken"):
        execute("print(1)")
