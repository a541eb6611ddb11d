"""Connections in memory: clients that note what they are sent, are slow, or go away."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from parley.domain.room_connections import ConnectionGoneError, ConnectionSlowError

POST_SECONDS = 3.0


@dataclass
class Client:
    """`takes` is awaited before a frame has arrived; it may wait, or raise what a gateway raises."""

    frames: list[bytes] = field(default_factory=list)
    takes: Callable[[], Awaitable[None]] | None = None
    is_gone: bool = False
    is_closed: bool = False
    # What it had when it came back.
    known: list[dict[str, Any]] = field(default_factory=list)

    @property
    def told(self) -> list[tuple[str, Any]]:
        bodies = [json.loads(frame) for frame in self.frames]
        return [(body["event"], body.get("data")) for body in bodies]

    def events(self, *names: str) -> list[Any]:
        return [data for name, data in self.told if name in names]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """As a client has them: those of the history and those that came, each once, in order of arrival."""
        found = {message["id"]: message for message in self.known}
        for name, data in self.told:
            for message in data["messages"] if name == "history" else [data] if name == "message" else ():
                found[message["id"]] = message
        return list(found.values())

    @property
    def contents(self) -> list[str]:
        return [message["content"] for message in self.messages]


class InMemorySockets:
    """A gateway whose posts take `seconds`. `service` is awaited before each, for all."""

    def __init__(self, *, seconds: float = 0.01) -> None:
        self.clients: dict[str, Client] = {}
        self.service: Callable[[], Awaitable[None]] | None = None
        self.at_once = 0
        self.most_at_once = 0
        self.seconds = seconds

    def connect(self, connection_id: str) -> Client:
        client = self.clients[connection_id] = Client()
        return client

    async def post(self, connection_id: str, frame: bytes) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async with asyncio.timeout(POST_SECONDS):
                await self._post(connection_id, frame)
        except TimeoutError:
            raise ConnectionSlowError from None
        finally:
            self.at_once -= 1

    async def close(self, connection_id: str) -> None:
        if self.service is not None:
            await self.service()
        if client := self.clients.get(connection_id):
            client.is_gone = client.is_closed = True

    async def _post(self, connection_id: str, frame: bytes) -> None:
        if self.service is not None:
            await self.service()
        await asyncio.sleep(self.seconds)
        client = self.clients.get(connection_id)
        if client is None or client.is_gone:
            raise ConnectionGoneError
        if client.takes is not None:
            await client.takes()
        client.frames.append(frame)
