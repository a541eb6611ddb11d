"""A line in both directions between a test and the function that it invokes, so that neither has to sleep."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CONTROL_HEADER = "x-control"
PATIENCE_SECONDS = 30
"""After this a test fails instead of hanging."""


class Control:
    def __init__(self) -> None:
        self._connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.get_running_loop().create_future()
        )
        self.address = ""

    async def heard(self) -> str:
        """The function's next line."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, _ = await self._connected
            return (await reader.readline()).decode().strip()

    async def let_go(self) -> None:
        _, writer = await self._connected
        writer.write(b"go\n")
        await writer.drain()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connected.set_result((reader, writer))

    async def close(self) -> None:
        if self._connected.done():
            _, writer = await self._connected
            writer.close()


@asynccontextmanager
async def control_line() -> AsyncIterator[Control]:
    control = Control()
    server = await asyncio.start_server(control.accept, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    control.address = f"{host}:{port}"
    try:
        yield control
    finally:
        await control.close()
        server.close()


class FunctionSide:
    """What the function holds of the line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, line: str) -> None:
        self._writer.write(f"{line}\n".encode())
        await self._writer.drain()

    async def wait(self) -> None:
        await self._reader.readline()


async def line_to_test(scope) -> FunctionSide:
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    host, port = headers[CONTROL_HEADER].split(":")
    return FunctionSide(*await asyncio.open_connection(host, int(port)))
