"""Small functions of a test's own, run by real workers."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from infra.local.aws import AwsAccess
from infra.local.lambda_service import LambdaService
from infra.local.logs import LogPrinter
from infra.local.plan import Limits, Plan
from infra.topology import Function


async def until(condition: Callable[[], bool]) -> None:
    """For what other processes do; there is nothing to be awaited."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def wait_until(condition: Callable[[], bool]) -> None:
    """The same, where there is no event loop."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class LambdaProject:
    """A folder with functions, and the service that runs them; `output` collects what they print.

    `plan` is that of the service which was started last.
    """

    plan: Plan

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = io.StringIO()
        self._functions: list[Function] = []

    def add(self, name: str, code: str, **fields: Any) -> None:
        """`code` is the handler module's text; fields are the topology's."""
        folder = self.root / "functions" / name
        folder.mkdir(parents=True)
        (self.root / "functions" / "__init__.py").touch()
        (folder / "__init__.py").touch()
        (folder / "handler.py").write_text(code)
        defaults: dict[str, Any] = {"memory_mb": 256, "timeout_seconds": 20}
        self._functions.append(Function(name=name, **(defaults | fields)))

    @asynccontextmanager
    async def running(
        self, *, settings: Mapping[str, str] | None = None, **limits: Any
    ) -> AsyncIterator[LambdaService]:
        defaults: dict[str, Any] = {"init_timeout_seconds": 30, "source_scan_seconds": 0}
        self.plan = Plan(
            functions=tuple(self._functions),
            routes=(),
            tables=(),
            root=self.root,
            sources=(self.root / "functions",),
            limits=Limits(**(defaults | limits)),
            settings=settings or {},
        )
        aws = AwsAccess(endpoint_url="http://127.0.0.1:9", own=True)
        logs = LogPrinter([function.name for function in self._functions], self.output)
        service = LambdaService(self.plan, aws, logs)
        try:
            yield service
        finally:
            await service.close()

    async def printed(self, text: str, *, times: int = 1) -> None:
        await until(lambda: self.output.getvalue().count(text) >= times)

    async def idle_again(self, *, invocations: int) -> None:
        """Returns when so many invocations are over and their workers can be used again."""
        await self.printed("REPORT RequestId", times=invocations)
        await asyncio.sleep(0)
