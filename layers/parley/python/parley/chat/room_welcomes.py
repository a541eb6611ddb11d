"""What a new connection is told first: who is here, what has been said, which agents there are."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from parley.chat.room_frames import event_frames, history_frames
from parley.domain.agents import Agent
from parley.domain.messages import MessageStatus
from parley.domain.room_connections import RoomConnection
from parley.domain.room_events import AgentsShown, Connected, MessagePosted
from parley.domain.room_messages import RoomMessage, RoomMessageRepository, Sender
from parley.domain.room_places import place_of, room_message_id
from parley.errors import RoomNotFoundError

HISTORY_MESSAGES = 50
_PAGE_MESSAGES = 100


class Welcomes:
    """For the connections that come within one delivery. `agents_of` gives a room's agents, and blocks."""

    def __init__(
        self, messages: RoomMessageRepository, *, agents_of: Callable[[str], Sequence[Agent]]
    ) -> None:
        self._messages = messages
        self._agents_of = agents_of
        self._agents: dict[str, bytes] = {}
        self._streaming: dict[str, list[RoomMessage]] = {}

    async def frames(
        self, connection: RoomConnection, *, until: int, present: Iterable[RoomConnection]
    ) -> AsyncIterator[bytes]:
        """The history ends with the place `until`: what is behind it comes as messages."""
        participants = {(each.participant.type, each.participant.id): each.participant for each in present}
        yield _connected(connection, list(participants.values()))
        async for frame in self._history(connection, until):
            yield frame
        yield await self._agents_frame(connection.room_id)

    async def later_frames(self, connection: RoomConnection) -> AsyncIterator[bytes]:
        """Once it is ready: replies that its history showed growing, and that have ended meanwhile.

        Nobody tells it their steps: whoever told them did not find it ready yet.
        """
        for shown in self._streaming.pop(connection.id, ()):
            message = await asyncio.to_thread(self._messages.get, connection.room_id, shown.id)
            if message is not None and message.status is not MessageStatus.STREAMING:
                for frame in event_frames(MessagePosted(message=message)):
                    yield frame

    async def _history(self, connection: RoomConnection, until: int) -> AsyncIterator[bytes]:
        after = place_of(connection.room_id, connection.after or "")
        if after is None:
            newest = await asyncio.to_thread(
                self._messages.newest,
                connection.room_id,
                limit=HISTORY_MESSAGES + 1,
                before=room_message_id(connection.room_id, until + 1),
            )
            shown = newest[-HISTORY_MESSAGES:]
            self._remember(connection, shown)
            for frame in history_frames(shown, has_more=len(newest) > len(shown), newest_only=True):
                yield frame
            return
        is_first = True
        while is_first or after < until:
            page = await asyncio.to_thread(
                self._messages.follow, connection.room_id, after=after, limit=_PAGE_MESSAGES
            )
            shown = [each for each in page.messages if _place(each) <= until]
            if is_first or shown:
                self._remember(connection, shown)
                for frame in history_frames(shown):
                    yield frame
            if page.end == after:
                return
            is_first, after = False, page.end

    async def _agents_frame(self, room_id: str) -> bytes:
        if room_id not in self._agents:
            try:
                agents = await asyncio.to_thread(self._agents_of, room_id)
            except RoomNotFoundError:
                agents = ()
            [self._agents[room_id]] = event_frames(AgentsShown(agents=agents))
        return self._agents[room_id]

    def _remember(self, connection: RoomConnection, shown: Sequence[RoomMessage]) -> None:
        growing = [each for each in shown if each.status is MessageStatus.STREAMING]
        self._streaming.setdefault(connection.id, []).extend(growing)


def _connected(connection: RoomConnection, participants: Sequence[Sender]) -> bytes:
    [frame] = event_frames(
        Connected(
            room_id=connection.room_id,
            connection_id=connection.id,
            participant=connection.participant,
            participants=participants,
        )
    )
    return frame


def _place(message: RoomMessage) -> int:
    return place_of(message.room_id, message.id) or 0
