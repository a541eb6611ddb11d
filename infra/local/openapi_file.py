"""The OpenAPI document for the local stack: built by a process of its own once the sources have changed."""

import asyncio
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from infra.local.plan import PROJECT

_FOLDER = PROJECT / ".build" / "openapi"
_SOURCES = (
    PROJECT / "functions",
    PROJECT / "layers" / "parley" / "python",
    PROJECT / "infra" / "openapi",
    PROJECT / "infra" / "topology",
)
_BUILDERS = ("fastapi", "pydantic")
_KEPT = 5


class OpenApiFile:
    """`log` is told why a document could not be built."""

    def __init__(self, log: Callable[[str], None], *, folder: Path = _FOLDER) -> None:
        self._log = log
        self._folder = folder
        self._one_at_a_time = asyncio.Lock()

    async def path(self) -> Path:
        """Of the document of the sources as they are now. Where they are broken, there is no such file."""
        async with self._one_at_a_time:
            target = self._folder / f"{await asyncio.to_thread(fingerprint, _SOURCES)}.json"
            if not target.exists():
                await self._build(target)
                self._forget_old()
            return target

    async def _build(self, target: Path) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "infra.openapi", str(target)),
            cwd=PROJECT,
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, complaint = await process.communicate()
        if process.returncode:
            self._log(f"no OpenAPI document:\n{complaint.decode(errors='replace')}")

    def _forget_old(self) -> None:
        """A worker may still be about to read the one before."""
        documents = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in documents[_KEPT:]:
            file.unlink(missing_ok=True)


def fingerprint(sources: Iterable[Path]) -> str:
    """Of all Python files there, and of the versions of what makes a document out of them."""
    digest = hashlib.sha256(" ".join(version(name) for name in _BUILDERS).encode())
    for file in sorted(_python_files(sources)):
        digest.update(f"{file} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def _python_files(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        yield from source.rglob("*.py") if source.is_dir() else (source,)
