"""Builds the layer of third-party packages without Docker: wheels for Lambda's platform, installed by uv.

What was built is kept until the lock or this builder changes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.components.sources import precompile
from infra.components.trimming import trim
from infra.topology import PYTHON_VERSION

_BUILDER_VERSION = 1
# Amazon Linux 2023, on which Lambda's Python 3.13 runs, has glibc 2.34.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_PLATFORM = "aarch64-manylinux_2_28"


class DependenciesLayerError(Exception):
    """uv is missing, or could not install the lock; the message says which."""


def build_dependencies_layer(project: Path, *, uv: Path | None = None) -> Path:
    """The layer's folder, with `python/` in it. Raises `DependenciesLayerError`.

    `uv` is the project's own unless another is given. Its cache stays inside the project too.
    """
    lock = project / "layers" / "dependencies" / "requirements.txt"
    folder = project / ".build" / "layers" / f"dependencies-{layer_version(lock.read_bytes())}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="building-", dir=folder.parent) as scratch:
        layer = Path(scratch, "layer")
        _install(lock, layer / "python", project=project, uv=uv or project / ".uv" / "bin" / "uv")
        trim(layer / "python")
        precompile(layer / "python", installed_at="/opt/python")
        _publish(layer, folder)
    return folder


def layer_version(lock: bytes) -> str:
    """Changes with whatever changes the layer: the lock, the builder, the bytecode's format."""
    builder = f"{_BUILDER_VERSION} {_PLATFORM} {PYTHON_VERSION} {sys.implementation.cache_tag}\n".encode()
    return hashlib.sha256(builder + lock).hexdigest()[:16]


def _install(lock: Path, target: Path, *, project: Path, uv: Path) -> None:
    command = [
        *(str(uv), "pip", "install", "--quiet", "--target", str(target)),
        *("--python-platform", _PLATFORM, "--python-version", PYTHON_VERSION),
        *("--only-binary", ":all:", "--require-hashes", "--no-deps", "--requirements", str(lock)),
    ]
    environment = {"UV_CACHE_DIR": str(project / ".cache" / "uv"), **os.environ}
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 - no shell
    except FileNotFoundError as error:
        raise DependenciesLayerError(f"{uv} is missing; `make synth` brings it") from error
    except subprocess.CalledProcessError as error:
        raise DependenciesLayerError(f"uv could not install {lock}:\n{error.stderr}") from error


def _publish(layer: Path, folder: Path) -> None:
    """In one step, so that no other synthesis finds half a layer; the first of two builders wins."""
    try:
        layer.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(layer)
