"""What tests of real workers share: running them, and reading their results."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from infra.local.invocations import BufferedResult, FunctionError, InvocationResult
from tests.infra.local.projects import until

PID = "import os\ndef handler(event, context):\n    return os.getpid()\n"
# Announces itself, and waits until the test lets it go on.
GATED = """
import os, pathlib, time
def handler(event, context):
    folder = pathlib.Path(event["folder"])
    (folder / f"begun-{event['number']}").touch()
    while not (folder / "go").exists():
        time.sleep(0.005)
    return os.getpid()
"""


def value(result: InvocationResult) -> Any:
    assert isinstance(result, BufferedResult), result
    return json.loads(result.payload)


def error(result: InvocationResult) -> FunctionError:
    assert isinstance(result, FunctionError), result
    return result


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(60):
            await test()

    asyncio.run(limited())


async def ended(pid: int) -> None:
    await until(lambda: not runs(pid))


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
