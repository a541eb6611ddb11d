"""The builder of the layers of packages, with a stand-in for uv: nothing is downloaded here."""

import json
from functools import partial
from pathlib import Path

import pytest

from infra.components.architecture import Architecture
from infra.components.dependencies_layer import (
    DependenciesLayerError,
    build_dependencies_layers,
    layer_version,
    names_in,
    without,
)

PROJECT = Path(__file__).resolve().parents[3]

# Leaves beside itself what it was asked, and installs one package.
UV = """\
import json, os, pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps({"arguments": sys.argv[1:], "cache": os.environ["UV_CACHE_DIR"]}) + "\\n")
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1])
lock = pathlib.Path(sys.argv[sys.argv.index("--requirements") + 1])
(here / "locks.jsonl").open("a").write(json.dumps(lock.read_text()) + "\\n")
for name in ("library/__init__.py", "library/tests/__init__.py", "bin/tool"):
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    (target / name).write_text("")
"""
TOOLS_LOCK = """\
library==1.0 \\
    --hash=sha256:0 \\
    --hash=sha256:1
    # via tool
tool==3.0 ; sys_platform == 'linux' \\
    --hash=sha256:2
"""
BROKEN_UV = "import sys; sys.exit('no such package')"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    _write_lock(tmp_path, "dependencies", "library==1.0 --hash=sha256:0\n")
    _write_lock(tmp_path, "tool_dependencies", TOOLS_LOCK)
    return tmp_path


def test_the_lock_is_installed_for_lambdas_platform_hashes_and_all(project: Path) -> None:
    uv = _uv(project, UV)

    build_dependencies_layers(project, uv=uv)

    call, _ = _calls(project)
    joined = " ".join(call["arguments"])
    assert joined.startswith("pip install ")
    for expected in ("--python-version 3.13", "--only-binary :all:", "--require-hashes"):
        assert expected in joined
    assert "--python-platform aarch64-manylinux" in joined
    assert call["cache"] == str(project / ".cache" / "uv")


def test_a_layer_is_trimmed_and_brings_its_bytecode(project: Path) -> None:
    folder = build_dependencies_layers(project, uv=_uv(project, UV))["dependencies"]

    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {"python/library/__init__.py", "python/library/__pycache__/__init__.cpython-313.pyc"}
    assert [path.name for path in folder.parent.iterdir() if "building" in path.name] == []


def test_the_tools_layer_leaves_out_what_the_shared_one_has(project: Path) -> None:
    build_dependencies_layers(project, uv=_uv(project, UV))

    shared, tools = [json.loads(line) for line in (project / "locks.jsonl").read_text().splitlines()]
    assert names_in(shared) == {"library"}
    assert names_in(tools) == {"tool"}
    assert tools.endswith("tool==3.0 ; sys_platform == 'linux' \\\n    --hash=sha256:2\n")


def test_the_projects_own_locks_agree_where_they_name_the_same() -> None:
    shared, tools = [
        (PROJECT / "layers" / name / "requirements.txt").read_text()
        for name in ("dependencies", "tool_dependencies")
    ]
    common = names_in(shared) & names_in(tools)

    assert common
    assert names_in(without(tools, common)) == names_in(tools) - common
    for name in common:
        assert _version(shared, name) == _version(tools, name)


def test_a_layer_is_built_once_for_a_lock(project: Path) -> None:
    uv = _uv(project, UV)
    first = build_dependencies_layers(project, uv=uv)

    assert build_dependencies_layers(project, uv=uv) == first
    assert len(_calls(project)) == 2

    _write_lock(project, "dependencies", "library==2.0 --hash=sha256:0\n")
    second = build_dependencies_layers(project, uv=uv)
    assert second["dependencies"] != first["dependencies"]
    assert second["tool_dependencies"] == first["tool_dependencies"]
    assert len(_calls(project)) == 3


def test_a_failed_build_leaves_nothing_and_says_why(project: Path) -> None:
    with pytest.raises(DependenciesLayerError, match="no such package"):
        build_dependencies_layers(project, uv=_uv(project, BROKEN_UV))

    assert list((project / ".build" / "layers").iterdir()) == []


def test_a_missing_uv_is_named(project: Path) -> None:
    with pytest.raises(DependenciesLayerError, match="uv is missing"):
        build_dependencies_layers(project)


def test_the_version_follows_the_lock() -> None:
    version = partial(layer_version, architecture=Architecture.ARM_64)

    assert version(b"a==1") == version(b"a==1")
    assert version(b"a==1") != version(b"a==2")


def test_each_processor_has_wheels_of_its_own(project: Path) -> None:
    uv = _uv(project, UV)
    arm = build_dependencies_layers(project, uv=uv)
    intel = build_dependencies_layers(project, architecture=Architecture.X86_64, uv=uv)

    assert arm["dependencies"] != intel["dependencies"]
    assert "--python-platform x86_64-manylinux" in " ".join(_calls(project)[-1]["arguments"])


def _write_lock(project: Path, name: str, lock: str) -> None:
    path = project / "layers" / name / "requirements.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lock)


def _version(lock: str, name: str) -> str:
    (line,) = [line for line in lock.splitlines() if line.startswith(f"{name}==")]
    return line.removesuffix(" \\").partition(" ")[0]


def _uv(project: Path, program: str) -> Path:
    import sys

    (project / "uv.py").write_text(program)
    command = project / "uv"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} "{project}/uv.py" "$@"\n')
    command.chmod(0o755)
    return command


def _calls(project: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (project / "calls.jsonl").read_text().splitlines()]
