"""The connections of a room, as its deliverer sees them: a line to each."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from parley.chat.delivery_holds import DeliveryHold
from parley.chat.delivery_lines import DeliveryLine
from parley.chat.delivery_parts import DeliveryParts
from parley.chat.known_connections import KnownConnections, Seen
from parley.chat.room_frames import event_frames
from parley.chat.room_lines import LineEndedError, SocketLine
from parley.chat.room_presence import left
from parley.chat.room_welcomes import Welcomes
from parley.domain.room_connections import ConnectionState, RoomConnection
from parley.domain.room_events import RoomEvent


class Crowd:
    """`changed` is called when it has come to rest, or cannot go on."""

    def __init__(
        self,
        parts: DeliveryParts,
        known: KnownConnections,
        hold: DeliveryHold,
        *,
        changed: Callable[[], None],
    ) -> None:
        self.failure: Exception | None = None
        self._parts = parts
        self._known = known
        self._hold = hold
        self._changed = changed
        self._welcomes = Welcomes(parts.messages, agents_of=parts.agents_of)
        self._seen: Seen | None = None
        self._lines: dict[str, DeliveryLine] = {}
        self._busy: set[DeliveryLine] = set()
        self._last_place = hold.lease.delivered

    @property
    def is_idle(self) -> bool:
        return not self._busy

    async def look(self) -> None:
        """Those that are new here get what is added from now on, after a welcome with all before it."""
        lease = self._hold.lease
        self._seen = await self._known.look(lease.room_id, lease.calls, self._seen)
        for connection in self._seen.connections:
            if connection.id not in self._lines:
                line = self._lines[connection.id] = self._open(connection, self._seen.connections)
                self._note(line)

    def add(self, place: int, event: RoomEvent | None = None) -> None:
        """What there is for all up to this place; nothing more, where there is no event."""
        self._last_place = place
        frames: dict[str, list[bytes]] = {}
        for line in self._lines.values():
            language = line.connection.language
            if event is not None and language not in frames:
                frames[language] = event_frames(self._parts.localize(event, language))
            line.add(place, frames.get(language, ()))
            self._note(line)

    def sent_place(self) -> int:
        """Up to where all have everything."""
        return min((line.sent for line in self._lines.values() if line.counts), default=self._last_place)

    def prompt_place(self) -> int:
        """The same, of those that are not slow."""
        return min((line.sent for line in self._lines.values() if line.is_prompt), default=self._last_place)

    def keep_known(self) -> None:
        """All have been welcomed, or have ended."""
        there = [line.connection for line in self._lines.values() if not line.has_ended]
        if self._seen is not None:
            self._known.keep(self._hold.lease.room_id, self._seen, there)

    async def stop(self) -> None:
        await asyncio.gather(*(line.stop() for line in self._lines.values()))

    async def may_send(self) -> None:
        await self._hold.may_send()

    async def ended(self, line: SocketLine) -> None:
        connection = line.connection
        if await asyncio.to_thread(self._parts.connections.remove, connection):
            self.add(self._last_place, left(connection.participant))

    def rests(self, line: DeliveryLine) -> None:
        self.failure = self.failure or line.failure
        self._note(line)
        if self.is_idle or self.failure:
            self._changed()

    def _note(self, line: DeliveryLine) -> None:
        if line.is_done:
            self._busy.discard(line)
        else:
            self._busy.add(line)

    def _open(self, connection: RoomConnection, present: Sequence[RoomConnection]) -> DeliveryLine:
        line, place = self._parts.lines.open(connection), self._last_place
        if connection.state is ConnectionState.READY:
            return DeliveryLine(line, sent=place, watcher=self)
        welcome = _Welcome(self._parts, self._welcomes, connection, place, present)
        return DeliveryLine(line, sent=place, watcher=self, welcome=welcome)


@dataclass(frozen=True, slots=True)
class _Welcome:
    parts: DeliveryParts
    welcomes: Welcomes
    connection: RoomConnection
    until: int
    present: Sequence[RoomConnection]

    def frames(self) -> AsyncIterator[bytes]:
        return self.welcomes.frames(self.connection, until=self.until, present=self.present)

    async def become_ready(self) -> AsyncIterator[bytes]:
        if not await asyncio.to_thread(self.parts.connections.mark_ready, self.connection):
            raise LineEndedError
        async for frame in self.welcomes.later_frames(self.connection):
            yield frame
