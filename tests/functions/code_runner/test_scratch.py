"""The folder of a run, when a program makes it hard to count or to remove."""

import os
import tempfile
from pathlib import Path

import pytest

from functions.code_runner.limits import Limits
from functions.code_runner.scratch import overflows, scratch_folder

LIMITS = Limits(seconds=1, scratch_bytes=100_000, scratch_entries=20)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_is_gone_afterwards_with_all_that_is_in_it(temporary: Path) -> None:
    with scratch_folder() as folder:
        (folder / "a" / "b").mkdir(parents=True)
        (folder / "a" / "b" / "c").write_text("c")
        (folder / "link").symlink_to(temporary)
        os.mkfifo(folder / "pipe")
        (folder / "a" / "b").chmod(0)
        (folder / "a").chmod(0)
        folder.chmod(0)

    assert list(temporary.iterdir()) == []


def test_folders_nested_deeper_than_a_path_is_long_are_removed(temporary: Path) -> None:
    before = Path.cwd()
    with scratch_folder() as folder:
        os.chdir(folder)
        for _ in range(300):
            Path("d" * 50).mkdir()
            os.chdir("d" * 50)
        os.chdir(before)
        assert overflows(folder, LIMITS)

    assert list(temporary.iterdir()) == []


def test_a_folder_that_the_program_has_replaced_by_a_link_leads_nowhere_else(temporary: Path) -> None:
    (temporary / "kept").mkdir()
    (temporary / "kept" / "file").touch()
    with scratch_folder() as folder:
        folder.rmdir()
        folder.symlink_to(temporary / "kept")

    assert (temporary / "kept" / "file").exists()
    assert not folder.is_symlink()


def test_what_lies_beside_is_kept_unless_the_function_has_the_place_for_itself(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scratch_folder():
        (temporary / "beside").touch()
    assert (temporary / "beside").exists()

    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    with scratch_folder():
        (temporary / "folder").mkdir()
    assert list(temporary.iterdir()) == []


def test_few_small_files_fit_and_many_or_large_ones_do_not() -> None:
    with scratch_folder() as folder:
        for number in range(20):
            (folder / str(number)).touch()
        assert not overflows(folder, LIMITS)
        (folder / "one more").touch()
        assert overflows(folder, LIMITS)
    with scratch_folder() as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "large").write_bytes(bytes(120_000))
        assert overflows(folder, LIMITS)


def test_a_large_hole_takes_no_room() -> None:
    with scratch_folder() as folder:
        with (folder / "hole").open("wb") as file:
            file.truncate(10**9)
        assert not overflows(folder, LIMITS)
