"""An event loop whose time passes only while everybody waits: what takes minutes is over at once."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any


class _Impatient(selectors.SelectSelector):
    """Waits for no socket: there is none. Where only time can change something, it passes."""

    pass_time: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise AssertionError("everybody waits, and nothing will happen any more")
        if timeout > 0:
            self.pass_time(timeout)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """What would run in a thread is done at once; it takes no time."""

    def __init__(self) -> None:
        selector = _Impatient()
        super().__init__(selector)
        self._seconds = 1_000_000.0
        selector.pass_time = self._pass

    def time(self) -> float:
        return self._seconds

    def _pass(self, seconds: float) -> None:
        self._seconds += seconds

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        future = self.create_future()
        self.call_soon(self._run_call, future, func, args)
        return future

    def _run_call(self, future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        if future.cancelled():
            return
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)


def run_in_virtual_time[T](main: Coroutine[Any, Any, T]) -> T:
    """Tasks that are left over are cancelled, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
