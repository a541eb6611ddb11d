"""The builder of the dependencies layer, with a stand-in for uv: nothing is downloaded here."""

import json
from pathlib import Path

import pytest

from infra.components.dependencies_layer import (
    DependenciesLayerError,
    build_dependencies_layer,
    layer_version,
)

# Leaves beside itself what it was asked, and installs one package.
UV = """\
import json, os, pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps({"arguments": sys.argv[1:], "cache": os.environ["UV_CACHE_DIR"]}) + "\\n")
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1])
for name in ("library/__init__.py", "library/tests/__init__.py", "bin/tool"):
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    (target / name).write_text("")
"""
BROKEN_UV = "import sys; sys.exit('no such package')"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    lock = tmp_path / "layers" / "dependencies" / "requirements.txt"
    lock.parent.mkdir(parents=True)
    lock.write_text("library==1.0 --hash=sha256:0\n")
    return tmp_path


def test_the_lock_is_installed_for_lambdas_platform_hashes_and_all(project: Path) -> None:
    uv = _uv(project, UV)

    build_dependencies_layer(project, uv=uv)

    (call,) = _calls(project)
    joined = " ".join(call["arguments"])
    assert joined.startswith("pip install ")
    for expected in ("--python-version 3.13", "--only-binary :all:", "--require-hashes"):
        assert expected in joined
    assert "--python-platform aarch64-manylinux" in joined
    assert call["cache"] == str(project / ".cache" / "uv")


def test_a_layer_is_trimmed_and_brings_its_bytecode(project: Path) -> None:
    folder = build_dependencies_layer(project, uv=_uv(project, UV))

    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {"python/library/__init__.py", "python/library/__pycache__/__init__.cpython-313.pyc"}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_layer_is_built_once_for_a_lock(project: Path) -> None:
    uv = _uv(project, UV)
    first = build_dependencies_layer(project, uv=uv)

    assert build_dependencies_layer(project, uv=uv) == first
    assert len(_calls(project)) == 1

    (project / "layers" / "dependencies" / "requirements.txt").write_text("library==2.0 --hash=sha256:0\n")
    assert build_dependencies_layer(project, uv=uv) != first
    assert len(_calls(project)) == 2


def test_a_failed_build_leaves_nothing_and_says_why(project: Path) -> None:
    with pytest.raises(DependenciesLayerError, match="no such package"):
        build_dependencies_layer(project, uv=_uv(project, BROKEN_UV))

    assert list((project / ".build" / "layers").iterdir()) == []


def test_a_missing_uv_is_named(project: Path) -> None:
    with pytest.raises(DependenciesLayerError, match="uv is missing"):
        build_dependencies_layer(project)


def test_the_version_follows_the_lock() -> None:
    assert layer_version(b"a==1") == layer_version(b"a==1")
    assert layer_version(b"a==1") != layer_version(b"a==2")


def _uv(project: Path, program: str) -> Path:
    import sys

    (project / "uv.py").write_text(program)
    command = project / "uv"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} "{project}/uv.py" "$@"\n')
    command.chmod(0o755)
    return command


def _calls(project: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (project / "calls.jsonl").read_text().splitlines()]
