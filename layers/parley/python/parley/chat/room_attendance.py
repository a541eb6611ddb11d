"""Who is connected to a room: the others are told who comes and goes, and whoever may not stay is seen off.

What is told here is told in passing, to those that are connected and welcomed: it is stored nowhere.
"""

import asyncio
from collections.abc import Callable, Iterable

from parley.chat.room_frames import event_frames, history_frames
from parley.chat.room_presence import left
from parley.domain.room_connections import (
    ConnectionGoneError,
    ConnectionSlowError,
    ConnectionState,
    RoomConnection,
    RoomConnectionRepository,
    SocketGateway,
)
from parley.domain.room_events import HistoryShown, RoomEvent
from parley.domain.room_messages import Sender
from parley.observability import log_failure

type Localize = Callable[[RoomEvent, str], RoomEvent]

_AT_ONCE = 64


class RoomAttendance:
    """`localize` puts what is told into a connection's language.

    Nothing that goes wrong with a connection, or with the service that holds them, is raised: it concerns
    somebody else than the caller.
    """

    def __init__(
        self, *, connections: RoomConnectionRepository, gateway: SocketGateway, localize: Localize
    ) -> None:
        self._connections = connections
        self._gateway = gateway
        self._localize = localize

    async def leave(self, connection: RoomConnection) -> None:
        """The others are told when this was the participant's last connection."""
        if await asyncio.to_thread(self._connections.remove, connection):
            await self.tell(connection.room_id, left(connection.participant))

    async def dismiss(self, connection: RoomConnection) -> None:
        """As `leave`, where the client would stay."""
        await self.leave(connection)
        await self.end(connection.id)

    async def tell(self, room_id: str, event: RoomEvent, *, but: Sender | None = None) -> None:
        """All connections, without those of one participant."""
        present = await asyncio.to_thread(self._connections.of_room, room_id)
        ready = [each for each in present if each.state is ConnectionState.READY]
        await self._tell_each([each for each in ready if but is None or not _is_of(each, but)], event)

    async def answer(self, connection: RoomConnection, event: RoomEvent) -> None:
        """One connection, in its language."""
        await self._tell_each([connection], event)

    async def see_off(self, room_id: str, participant: Sender) -> None:
        """End what connections the participant has, and tell the others."""
        present = await asyncio.to_thread(self._connections.of_room, room_id)
        await self._end_each(each for each in present if _is_of(each, participant))
        await self.tell(room_id, left(participant))

    async def see_all_off(self, room_id: str) -> None:
        await self._end_each(await asyncio.to_thread(self._connections.of_room, room_id))

    async def end(self, connection_id: str) -> None:
        """A connection that has no place in the room."""
        try:
            await self._gateway.close(connection_id)
        except OSError as error:
            log_failure("connection not closed", error, connection_id=connection_id)

    async def _tell_each(self, connections: Iterable[RoomConnection], event: RoomEvent) -> None:
        frames: dict[str, list[bytes]] = {}
        slots = asyncio.Semaphore(_AT_ONCE)

        async def tell(connection: RoomConnection) -> None:
            language = connection.language
            if language not in frames:
                frames[language] = _frames_of(self._localize(event, language))
            async with slots:
                await self._post(connection, frames[language])

        await asyncio.gather(*map(tell, connections))

    async def _post(self, connection: RoomConnection, frames: Iterable[bytes]) -> None:
        try:
            for frame in frames:
                await self._gateway.post(connection.id, frame)
        except ConnectionGoneError:
            await self.leave(connection)
        except ConnectionSlowError:
            await self.end(connection.id)
            await self.leave(connection)
        except OSError as error:
            log_failure("connection not told", error, connection_id=connection.id)

    async def _end_each(self, connections: Iterable[RoomConnection]) -> None:
        """Forgotten first: from then on they are sent nothing, whatever becomes of the closing."""
        slots = asyncio.Semaphore(_AT_ONCE)

        async def end(connection: RoomConnection) -> None:
            async with slots:
                await asyncio.to_thread(self._connections.remove, connection)
                await self.end(connection.id)

        await asyncio.gather(*map(end, connections))


def _frames_of(event: RoomEvent) -> list[bytes]:
    """Of a history as many of the newest messages as one frame takes."""
    if isinstance(event, HistoryShown):
        return history_frames(event.messages, has_more=event.has_more, newest_only=True)
    return event_frames(event)


def _is_of(connection: RoomConnection, participant: Sender) -> bool:
    """Whatever name is shown."""
    own = connection.participant
    return (own.type, own.id) == (participant.type, participant.id)
