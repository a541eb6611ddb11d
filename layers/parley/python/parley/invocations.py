"""Asynchronous work of a function that API Gateway or a queue invokes without ASGI: one loop for a process.

What is kept from one invocation to the next, as open connections are, belongs to a loop.
"""

import asyncio
from collections.abc import Coroutine
from functools import cache
from typing import Any


def run_invocation[Result](work: Coroutine[Any, Any, Result]) -> Result:
    """Lasts until the tasks that were started have ended, too: Lambda may freeze the process after it."""
    return invocation_loop().run_until_complete(_to_its_end(work))


@cache
def invocation_loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


async def _to_its_end[Result](work: Coroutine[Any, Any, Result]) -> Result:
    try:
        return await work
    finally:
        current = asyncio.current_task()
        while others := {task for task in asyncio.all_tasks() if task is not current}:
            await asyncio.wait(others)
