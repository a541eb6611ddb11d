import os
from pathlib import Path

from infra.local.source_watch import SourceWatch


def write(path: Path, *, modified_at: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    os.utime(path, (modified_at, modified_at))


def test_the_newest_python_file_counts_in_any_depth(tmp_path: Path) -> None:
    write(tmp_path / "a" / "one.py", modified_at=1000)
    write(tmp_path / "b" / "c" / "two.py", modified_at=2000)
    write(tmp_path / "b" / "notes.txt", modified_at=3000)
    write(tmp_path / "b" / "__pycache__" / "two.py", modified_at=4000)
    watch = SourceWatch([tmp_path / "a", tmp_path / "b", tmp_path / "missing"], scan_seconds=0)
    assert watch.last_change() == 2000
    write(tmp_path / "a" / "one.py", modified_at=2500)
    assert watch.last_change() == 2500


def test_folders_are_not_looked_at_more_often_than_asked(tmp_path: Path) -> None:
    watch = SourceWatch([tmp_path], scan_seconds=3600)
    assert watch.last_change() == 0
    write(tmp_path / "one.py", modified_at=1000)
    assert watch.last_change() == 0
