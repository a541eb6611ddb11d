"""Who is connected to a room: connections, and the participants behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from parley.domain.room_messages import Sender


class ConnectionState(StrEnum):
    """A new one has not been told `connected` yet, and gets no message before that."""

    NEW = "new"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomConnection:
    """One socket. `participant` is who was proven to hold it, `user_id` whose token or agent that is.

    `after` is the id of the last message that the client has, `language` the one that it is spoken to in.
    """

    id: str
    room_id: str
    participant: Sender
    user_id: str
    connected_at: datetime
    state: ConnectionState = ConnectionState.NEW
    after: str | None = None
    language: str = "zh"


class RoomConnectionRepository(Protocol):
    """All calls block. A connection is forgotten by itself a while after the longest that one can last."""

    def add(self, connection: RoomConnection) -> bool:
        """Whether the participant has come with it: it is the first of the participant's connections."""

    def find(self, connection_id: str) -> RoomConnection | None: ...

    def of_room(self, room_id: str, *, since: datetime | None = None) -> Sequence[RoomConnection]:
        """All of them, or those that have connected since; oldest first, a few thousand with a query."""

    def mark_ready(self, connection: RoomConnection) -> bool:
        """False where it is gone."""

    def remove(self, connection: RoomConnection) -> bool:
        """Whether the participant has left with it: no other connection of the participant is there.

        False for one that was removed before: it may be found gone by many.
        """


class ConnectionGoneError(Exception):
    """The client has gone, or its handshake is not over yet."""


class ConnectionSlowError(Exception):
    """The connection did not take what was sent to it in time."""


class SocketGateway(Protocol):
    """Sends frames to connections, wherever they are held."""

    async def post(self, connection_id: str, frame: bytes) -> None:
        """Raises `ConnectionGoneError`, `ConnectionSlowError`; an `OSError` for a service out of reach."""

    async def close(self, connection_id: str) -> None:
        """Nothing is raised for one that is gone already."""
