"""Whether a client's buffer takes more; those that wait for it are served in their order."""

import asyncio


class SlowReaderError(Exception):
    """The client does not read, and enough waits for it already."""


class Outbox:
    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._writable = asyncio.Event()
        self._writable.set()
        self._is_over = False

    @property
    def is_blocked(self) -> bool:
        """Whether the client has to read before it is sent more."""
        return self._turn.locked() or not self._writable.is_set()

    async def wait(self, *, patience_seconds: float) -> None:
        """Returns when there is room, or the connection is over. Raises `SlowReaderError`."""
        if not self.is_blocked:
            return
        try:
            async with asyncio.timeout(patience_seconds), self._turn:
                await self._writable.wait()
        except TimeoutError as error:
            raise SlowReaderError from error

    def pause(self) -> None:
        if not self._is_over:
            self._writable.clear()

    def resume(self) -> None:
        self._writable.set()

    def end(self) -> None:
        """Nobody waits any longer."""
        self._is_over = True
        self._writable.set()
