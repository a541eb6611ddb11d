"""What an application leaves running, brought to its end before Lambda may freeze the process."""

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator, Collection
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

logger = logging.getLogger(__name__)


class Leftovers:
    """Entered in the loop before the application runs; tasks that ran already are none of its business."""

    def __init__(self) -> None:
        self._tasks_before = asyncio.all_tasks()
        self._generators: WeakSet[AsyncGenerator[Any, Any]] = WeakSet()
        self._loop_hooks = sys.get_asyncgen_hooks()

    def __enter__(self) -> Self:
        sys.set_asyncgen_hooks(firstiter=self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.set_asyncgen_hooks(*self._loop_hooks)

    async def finish(self, *, but: Collection[asyncio.Task[Any]]) -> None:
        """Waits for the tasks, then closes the generators that nobody runs any more.

        These would be closed when they are collected as garbage, but that may be invocations later.
        """
        await tasks_ended(but={*self._tasks_before, *but})
        for generator in list(self._generators):
            try:
                await generator.aclose()
            except (Exception, asyncio.CancelledError):
                logger.exception("A generator failed while it was closed")
        await tasks_ended(but={*self._tasks_before, *but})

    def _note(self, generator: AsyncGenerator[Any, Any]) -> None:
        self._generators.add(generator)
        if self._loop_hooks.firstiter is not None:
            self._loop_hooks.firstiter(generator)


async def tasks_ended(*, but: Collection[asyncio.Task[Any] | None] = ()) -> None:
    """Waits for all other tasks of this loop, and for those that they start."""
    known = {asyncio.current_task(), *but}
    while True:
        # The finaliser of an abandoned generator becomes a task only in the loop's next round.
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - known
        if not others:
            return
        await asyncio.wait(others)
