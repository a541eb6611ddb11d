"""What a client has sent and nobody has taken yet: whole messages, and at last the ending."""

import asyncio

from websockets.frames import CloseCode, Frame, Opcode

from infra.local.socket_endings import Ending

# How many messages are read before anybody takes them.
_MAX_WAITING = 16


class UnacceptableFrameError(Exception):
    """API Gateway takes text only; `ending` is what it says to anything else."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.reason)
        self.ending = ending


class Inbox:
    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._received: asyncio.Queue[str | Ending] = asyncio.Queue()

    @property
    def is_full(self) -> bool:
        return self._received.qsize() >= _MAX_WAITING

    def put(self, frame: Frame) -> None:
        """Takes a frame of a message; what controls the connection is passed over.

        Raises `UnacceptableFrameError`.
        """
        if frame.opcode is Opcode.BINARY:
            raise UnacceptableFrameError(Ending(CloseCode.UNSUPPORTED_DATA, "Binary data are not supported"))
        if frame.opcode in (Opcode.TEXT, Opcode.CONT):
            self._pieces.append(bytes(frame.data))
            if frame.fin:
                message, self._pieces = b"".join(self._pieces), []
                self._received.put_nowait(_text(message))

    def end(self, ending: Ending) -> None:
        self._received.put_nowait(ending)

    async def take(self) -> str | Ending:
        """The next message; after the last one, and ever after, the ending."""
        received = await self._received.get()
        if isinstance(received, Ending):
            self._received.put_nowait(received)
        return received


def _text(message: bytes) -> str:
    try:
        return message.decode()
    except UnicodeDecodeError as error:
        raise UnacceptableFrameError(Ending(CloseCode.INVALID_DATA, "Not UTF-8")) from error
