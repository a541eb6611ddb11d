"""Calls in a process of their own: bounded in time, memory and output, whatever the function does."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from parley.tools.child_calls import call_in_child
from parley.tools.types import MAX_RESULT_BYTES, ToolError

HERE = "tests.fakes.child_functions"


def call(function, *, seconds=20.0, **arguments):
    return call_in_child(HERE, function, seconds=seconds, **arguments)


@pytest.mark.parametrize("value", [None, 1.5, "汉字👩‍🚀", "\ud83d", {"a": [True, {"b": ""}]}])
def test_arguments_and_result_travel_whole(value):
    assert call("echo", value=value) == value


def test_a_tools_own_reason_comes_back():
    with pytest.raises(ToolError, match=r"^not today$"):
        call("refuse")


def test_a_long_reason_is_cut():
    with pytest.raises(ToolError) as caught:
        call("refuse", reason="x" * 10_000)
    assert str(caught.value) == "x" * 2_000


def test_what_never_ends_is_ended():
    with pytest.raises(ToolError, match=r"longer than 0\.5 s"):
        call("backtrack", seconds=0.5)


def test_what_takes_all_memory_is_refused_it():
    with pytest.raises(ToolError, match="more memory"):
        call("fill_memory")


def test_what_the_kernel_kills_is_told_of():
    with pytest.raises(ToolError, match="more time or memory"):
        call("die")


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of a file's size is Linux's to show")
def test_nothing_can_be_written_to_a_file(tmp_path):
    with pytest.raises(ToolError, match=r"OSError|File too large|more time or memory"):
        call("write_file", path=str(tmp_path / "file"))
    assert (tmp_path / "file").stat().st_size == 0


def test_an_environment_has_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    assert "hunter2" not in str(call("environment"))


def test_a_result_that_is_too_large_or_too_deep_is_refused():
    assert len(call("repeat", times=MAX_RESULT_BYTES - 100)) == MAX_RESULT_BYTES - 100
    with pytest.raises(ToolError, match="too large"):
        call("repeat", times=MAX_RESULT_BYTES)
    with pytest.raises(ToolError, match="nested too deeply"):
        call("nest")


def test_no_more_than_two_run_at_a_time():
    """Each may take 256 MB, and the functions have 1,024."""
    with ThreadPoolExecutor(6) as pool:
        spans = [future.result() for future in [pool.submit(call, "work") for _ in range(6)]]
    for began, _ in spans:
        assert sum(start <= began < end for start, end in spans) <= 2


def test_a_bug_is_ours_and_logged(caplog):
    with pytest.raises(RuntimeError):
        call("break_down")
    assert "ZeroDivisionError" in caplog.records[0].trace


def test_a_child_loads_little():
    """Its start is what every call costs."""
    script = "import parley.tools.child_main, parley.tools.csv_sql, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"pydantic", "asyncio", "logging", "boto3"} & set(done.stdout.split()) == set()


def test_a_call_needs_no_certain_working_directory(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert call("echo", value=1) == 1
