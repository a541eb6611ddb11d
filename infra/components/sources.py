"""Copies source trees into assets: equal bytes and modes whoever synthesises, nothing that a run left."""

import hashlib
import shutil
from compileall import compile_dir
from pathlib import Path
from py_compile import PycInvalidationMode

_LEFT_OUT_FOLDERS = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
_LEFT_OUT_SUFFIXES = frozenset({".pyc", ".pyo"})


def source_files(folder: Path) -> list[Path]:
    """Relative to `folder`, sorted. Raises `FileNotFoundError` where there are none."""
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    kept = sorted(path for path in files if not _is_left_out(path))
    if not kept:
        raise FileNotFoundError(f"{folder} has no source files")
    return kept


def copy_sources(source: Path, target: Path) -> None:
    for relative in source_files(source):
        copy_source(source / relative, target / relative)


def copy_source(source: Path, target: Path) -> None:
    """Keeps of the mode only whether it is executable: an umask must not change an asset."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if _is_executable(source) else 0o644)


def fingerprint(folder: Path) -> str:
    """Names, contents and executable bits."""
    digest = hashlib.sha256()
    for relative in source_files(folder):
        path = folder / relative
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{relative.as_posix()} {_is_executable(path)} {content}\n".encode())
    return digest.hexdigest()


def precompile(folder: Path, *, installed_at: str) -> None:
    """Writes the bytecode that Lambda's read-only file system never could, so no cold start compiles.

    It is never checked against the sources: their times do not survive the packing of an asset.
    `installed_at` is the folder that tracebacks name.
    """
    compile_dir(
        folder,
        stripdir=str(folder),
        prependdir=installed_at,
        quiet=2,
        maxlevels=64,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )


def size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _is_left_out(path: Path) -> bool:
    return path.suffix in _LEFT_OUT_SUFFIXES or not _LEFT_OUT_FOLDERS.isdisjoint(path.parts)


def _is_executable(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o100)
