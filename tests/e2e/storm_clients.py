"""A connection in a storm: cheap enough for hundreds, and able to get lost."""

import asyncio
import json
import time
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.sockets import room_url


class Client:
    """Keeps the ids of all messages in the order of their arrival, over all of its connections."""

    def __init__(self, stack_url: str, room_id: str, token: str) -> None:
        self.ids: list[str] = []
        self.connection_id = ""
        self.reopened = 0
        self.news = asyncio.Event()
        self._url = room_url(stack_url, room_id, token=token)
        self._arrived: dict[str, float] = {}
        self._connection: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Until it is welcomed."""
        after = f"&after={self.ids[-1]}" if self.ids else ""
        self._connection = await connect(
            self._url + after, proxy=None, max_size=None, compression=None, max_queue=None
        )
        welcomed = asyncio.Event()
        self._reading = asyncio.create_task(self._read(self._connection, welcomed))
        await asyncio.wait_for(welcomed.wait(), 60)

    async def lose(self) -> None:
        """As a network is lost: nobody says goodbye, and what is under way is lost."""
        assert self._connection is not None
        assert self._reading is not None
        self._reading.cancel()
        self._connection.transport.abort()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def reopen(self) -> None:
        await self.lose()
        self.reopened += 1
        await self.open()

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def say(self, number: int) -> float:
        """How many seconds later its own message came back."""
        client_id = f"{number}"
        assert self._connection is not None
        begun = time.monotonic()
        await self._connection.send(
            json.dumps({"action": "send_message", "content": f"message {number}", "client_id": client_id})
        )
        return await self.arrival(client_id) - begun

    async def arrival(self, client_id: str) -> float:
        """When the message that its sender called so was here, on the machine's monotonic clock."""
        while client_id not in self._arrived:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 60)
        return self._arrived[client_id]

    async def has(self, number: int) -> None:
        while len(self.ids) < number:
            self.news.clear()
            await self.news.wait()

    async def _read(self, connection: ClientConnection, welcomed: asyncio.Event) -> None:
        try:
            async for frame in connection:
                self._take(json.loads(frame), welcomed)
        except ConnectionClosed:
            pass

    def _take(self, frame: dict[str, Any], welcomed: asyncio.Event) -> None:
        match frame:
            case {"event": "connected", "data": {"connection_id": connection_id}}:
                self.connection_id = connection_id
            case {"event": "history", "data": {"messages": messages}}:
                self.ids += [message["id"] for message in messages]
            case {"event": "message", "data": message}:
                self.ids.append(message["id"])
                self._arrived[message.get("client_id", "")] = time.monotonic()
            case {"event": "agents"}:
                welcomed.set()
            case {"event": "error", "data": failure}:
                raise AssertionError(failure)
        self.news.set()
