"""Copying sources into assets, on trees made up here."""

import marshal
from pathlib import Path

import pytest

from infra.components.sources import copy_sources, fingerprint, precompile, size_bytes, source_files


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "package" / "__pycache__").mkdir(parents=True)
    (folder / "package" / "module.py").write_text("answer = 42\n")
    (folder / "package" / "__pycache__" / "module.cpython-313.pyc").write_bytes(b"stale")
    (folder / "start").write_text("#!/bin/sh\n")
    (folder / "start").chmod(0o700)
    return folder


def test_what_a_run_leaves_behind_is_no_source(tree: Path) -> None:
    assert source_files(tree) == [Path("package/module.py"), Path("start")]


def test_a_folder_without_sources_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no source files"):
        source_files(tmp_path)


def test_modes_do_not_depend_on_the_umask(tree: Path, tmp_path: Path) -> None:
    (tree / "package" / "module.py").chmod(0o600)

    copy_sources(tree, tmp_path / "copy")

    assert (tmp_path / "copy" / "start").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "copy" / "package" / "module.py").stat().st_mode & 0o777 == 0o644


def test_a_copy_has_the_fingerprint_of_its_source(tree: Path, tmp_path: Path) -> None:
    copy_sources(tree, tmp_path / "copy")

    assert fingerprint(tmp_path / "copy") == fingerprint(tree)


@pytest.mark.parametrize("change", ["content", "name", "mode"])
def test_a_change_of_content_name_or_mode_changes_the_fingerprint(tree: Path, change: str) -> None:
    before = fingerprint(tree)

    match change:
        case "content":
            (tree / "package" / "module.py").write_text("answer = 43\n")
        case "name":
            (tree / "package" / "module.py").rename(tree / "package" / "other.py")
        case "mode":
            (tree / "start").chmod(0o600)

    assert fingerprint(tree) != before


def test_bytecode_is_taken_unchecked_and_names_the_installed_file(tree: Path) -> None:
    precompile(tree, installed_at="/opt/python")

    content = (tree / "package" / "__pycache__" / "module.cpython-313.pyc").read_bytes()
    # PEP 552: the flags after the magic number; 1 is a hash that is not checked.
    assert int.from_bytes(content[4:8], "little") == 1
    assert marshal.loads(content[16:]).co_filename == "/opt/python/package/module.py"


def test_a_size_counts_all_files(tree: Path) -> None:
    assert size_bytes(tree) == len("answer = 42\n") + len(b"stale") + len("#!/bin/sh\n")
