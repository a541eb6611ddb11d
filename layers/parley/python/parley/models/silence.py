"""Limits each of many waits with one timer for all: `asyncio.timeout` costs as much as parsing an event."""

import asyncio
from collections.abc import Awaitable


class SilenceTimer:
    """For one waiter at a time. The timer is set anew when it fires, or when a wait is to end before it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._fires_at = 0.0
        self._deadline: float | None = None
        self._task: asyncio.Task[object] | None = None
        self._has_expired = False

    async def wait[T](self, awaited: Awaitable[T], seconds: float) -> T:
        """Raises `TimeoutError` if it takes longer."""
        task = asyncio.current_task()
        assert task is not None
        cancelling = task.cancelling()
        self._task = task
        self._deadline = self._loop.time() + seconds
        if self._timer is None or self._deadline < self._fires_at:
            self._set_timer(self._deadline)
        try:
            return await awaited
        except asyncio.CancelledError:
            # Others may cancel this task, too: theirs goes on.
            if self._has_expired and task.uncancel() <= cancelling:
                raise TimeoutError from None
            raise
        finally:
            self._deadline = None

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self, when: float) -> None:
        self.stop()
        self._fires_at = when
        self._timer = self._loop.call_at(when, self._fire)

    def _fire(self) -> None:
        self._timer = None
        if self._deadline is None or self._task is None:
            return
        if self._loop.time() < self._deadline:
            self._set_timer(self._deadline)
        else:
            self._has_expired = True
            self._task.cancel()
