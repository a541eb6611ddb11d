"""What a client has sent and nobody has taken yet: whole messages, and at last the ending."""

import asyncio

from websockets.frames import Frame

from infra.local.socket_endings import Ending

# How many messages are read before anybody takes them.
_MAX_WAITING = 16


class Inbox:
    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._received: asyncio.Queue[str | Ending] = asyncio.Queue()

    @property
    def is_full(self) -> bool:
        return self._received.qsize() >= _MAX_WAITING

    def put(self, frame: Frame) -> None:
        """Takes a text frame, or the continuation of one. Raises `UnicodeDecodeError`."""
        self._pieces.append(bytes(frame.data))
        if frame.fin:
            message, self._pieces = b"".join(self._pieces), []
            self._received.put_nowait(message.decode())

    def end(self, ending: Ending) -> None:
        self._received.put_nowait(ending)

    async def take(self) -> str | Ending:
        """The next message; after the last one, and ever after, the ending."""
        received = await self._received.get()
        if isinstance(received, Ending):
            self._received.put_nowait(received)
        return received
