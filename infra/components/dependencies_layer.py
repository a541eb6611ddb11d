"""Builds the layers of third-party packages without Docker: wheels for Lambda's platform, installed by uv.

What was built is kept until the lock or this builder changes.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.components.architecture import Architecture
from infra.components.sources import precompile
from infra.components.trimming import trim
from infra.topology import PYTHON_VERSION

_BUILDER_VERSION = 3

# One requirement with its hashes; what pip's format continues ends in a backslash.
_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*).*(?:(?<=\\)\n.*)*\n?", re.MULTILINE)


DEPENDENCIES = "dependencies"
TOOL_DEPENDENCIES = "tool_dependencies"


class DependenciesLayerError(Exception):
    """uv is missing, or could not install the lock; the message says which."""


def build_dependencies_layers(
    project: Path, *, architecture: Architecture = Architecture.ARM_64, uv: Path | None = None
) -> dict[str, Path]:
    """The folders of both layers by their names in `layers/`, with `python/` in each.

    The tools' layer is never without the other: it leaves out what that one has. `uv` is the project's own
    unless another is given; its cache stays inside the project too. Raises `DependenciesLayerError`.
    """
    shared, tools = (_lock(project, name) for name in (DEPENDENCIES, TOOL_DEPENDENCIES))
    locks = {DEPENDENCIES: shared, TOOL_DEPENDENCIES: without(tools, names_in(shared))}
    uv = uv or project / ".uv" / "bin" / "uv"
    return {
        name: _build(project, name, lock, architecture=architecture, uv=uv) for name, lock in locks.items()
    }


def names_in(lock: str) -> set[str]:
    return {match[1] for match in _REQUIREMENT.finditer(lock)}


def without(lock: str, names: set[str]) -> str:
    """The lock without the requirements of these names; versions are equal, one lock constrains the other."""
    return _REQUIREMENT.sub(lambda match: "" if match[1] in names else match[0], lock)


def _lock(project: Path, name: str) -> str:
    return (project / "layers" / name / "requirements.txt").read_text("utf-8")


def _build(project: Path, name: str, lock: str, *, architecture: Architecture, uv: Path) -> Path:
    version = layer_version(lock.encode(), architecture=architecture)
    folder = project / ".build" / "layers" / f"{name}-{version}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="building-", dir=folder.parent) as scratch:
        layer = Path(scratch, "layer")
        requirements = Path(scratch, "requirements.txt")
        requirements.write_text(lock, "utf-8")
        _install(requirements, layer / "python", platform=architecture.wheel_platform, project=project, uv=uv)
        trim(layer / "python")
        precompile(layer / "python", installed_at="/opt/python")
        _publish(layer, folder)
    return folder


def layer_version(lock: bytes, *, architecture: Architecture) -> str:
    """Changes with whatever changes the layer: lock, builder, processor, the bytecode's format."""
    platform = architecture.wheel_platform
    builder = f"{_BUILDER_VERSION} {platform} {PYTHON_VERSION} {sys.implementation.cache_tag}\n".encode()
    return hashlib.sha256(builder + lock).hexdigest()[:16]


def _install(lock: Path, target: Path, *, platform: str, project: Path, uv: Path) -> None:
    command = [
        *(str(uv), "pip", "install", "--quiet", "--target", str(target)),
        *("--python-platform", platform, "--python-version", PYTHON_VERSION),
        *("--only-binary", ":all:", "--require-hashes", "--no-deps", "--requirements", str(lock)),
    ]
    environment = {"UV_CACHE_DIR": str(project / ".cache" / "uv"), **os.environ}
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 - no shell
    except FileNotFoundError as error:
        raise DependenciesLayerError(f"{uv} is missing; `make synth` brings it") from error
    except subprocess.CalledProcessError as error:
        raise DependenciesLayerError(f"uv could not install the lock:\n{error.stderr}") from error


def main() -> None:
    """For this machine, so that a synthesis for an emulator needs no network."""
    build_dependencies_layers(
        Path(__file__).resolve().parents[2], architecture=Architecture.of_this_machine()
    )


def _publish(layer: Path, folder: Path) -> None:
    """In one step, so that no other synthesis finds half a layer; the first of two builders wins."""
    try:
        layer.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(layer)


if __name__ == "__main__":
    main()
