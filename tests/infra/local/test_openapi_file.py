"""The local stack's OpenAPI document: built when the sources have changed, and only then."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from infra.local import openapi_file
from infra.local.openapi_file import OpenApiFile, fingerprint


def test_the_document_is_built_once_for_the_same_sources(tmp_path: Path) -> None:
    said: list[str] = []

    async def test() -> list[Path]:
        first, second = OpenApiFile(said.append, folder=tmp_path), OpenApiFile(said.append, folder=tmp_path)
        paths = list(await asyncio.gather(first.path(), first.path()))
        written = paths[0].stat().st_mtime_ns
        paths.append(await second.path())
        assert paths[0].stat().st_mtime_ns == written
        return paths

    paths = asyncio.run(test())
    assert len(set(paths)) == 1
    assert json.loads(paths[0].read_text("utf-8"))["info"]["title"] == "Parley"
    assert said == []


def test_broken_sources_are_told_and_stop_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi_file.sys, "executable", "/bin/false")
    said: list[str] = []

    path = asyncio.run(OpenApiFile(said.append, folder=tmp_path).path())

    assert not path.exists()
    assert "no OpenAPI document" in said[0]


def test_only_the_newest_documents_are_kept(tmp_path: Path) -> None:
    for age in range(8):
        old = tmp_path / f"{age}.json"
        old.touch()
        os.utime(old, (1_000_000 - age, 1_000_000 - age))

    path = asyncio.run(OpenApiFile(print, folder=tmp_path).path())

    assert {file.name for file in tmp_path.iterdir()} == {path.name, "0.json", "1.json", "2.json", "3.json"}


def test_a_fingerprint_is_that_of_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "notes.txt").write_text("1")
    first = fingerprint([tmp_path])
    (tmp_path / "notes.txt").write_text("2")
    assert fingerprint([tmp_path]) == fingerprint([tmp_path / "a.py"]) == first
    (tmp_path / "a.py").write_text("2")
    second = fingerprint([tmp_path])
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, fingerprint([tmp_path])}) == 3
