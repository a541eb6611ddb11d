"""Tells a room's connections what is not stored: who types, a reply's steps, how it ended."""

import asyncio

from parley.chat.broadcast_lines import BroadcastLine, Localize, Told
from parley.chat.room_lines import SocketLine, SocketLines
from parley.chat.room_presence import left
from parley.chat.step_windows import StepWindow
from parley.chat.told_replies import ToldReplies, is_end_of_reply
from parley.domain.room_connections import ConnectionState, RoomConnection, RoomConnectionRepository
from parley.domain.room_events import RoomEvent, StepGrown
from parley.observability import log_failure

# How often it is looked for connections that have come meanwhile.
_LOOK_SECONDS = 1.0


class RoomBroadcast:
    """One connection never waits for another, nor whoever tells for any.

    A connection that becomes ready in the middle of a reply gets its steps from the beginning.
    """

    def __init__(
        self,
        room_id: str,
        *,
        connections: RoomConnectionRepository,
        lines: SocketLines,
        localize: Localize,
    ) -> None:
        self._room_id = room_id
        self._connections = connections
        self._sockets = lines
        self._localize = localize
        self._lines: dict[str, BroadcastLine] = {}
        self._looked_at = float("-inf")
        self._look: asyncio.Task[None] | None = None
        self._window: StepWindow | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._told = ToldReplies()

    async def tell(self, event: RoomEvent) -> None:
        """In the order of the calls. Nothing that goes wrong is raised: the stored messages say the same."""
        await self._look_around(at_once=is_end_of_reply(event))
        if isinstance(event, StepGrown):
            self._grow(event)
        else:
            self._flush()
            self._send(event)

    async def close(self) -> None:
        """Until everybody has been told all, or was given up."""
        self._flush()
        if self._look is not None:
            await self._look
        while any(line.is_busy for line in self._lines.values()):
            await asyncio.gather(*(line.finish() for line in self._lines.values()))

    def _grow(self, event: StepGrown) -> None:
        if self._window is None or not self._window.fits(event):
            self._flush()
        if self._window is None or self._window.message_id != event.message_id:
            self._window = StepWindow(event)
        self._window.add(event)
        self._forget_timer()
        due_in = self._window.due_in(_now())
        if due_in:
            self._timer = asyncio.get_running_loop().call_later(due_in, self._flush)
        else:
            self._flush()

    def _flush(self) -> None:
        self._forget_timer()
        gathered = self._window.take(_now()) if self._window is not None else None
        if gathered is not None:
            self._send(gathered)

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _send(self, event: RoomEvent) -> None:
        self._told.note(event)
        told = Told(event, self._localize)
        for line in self._lines.values():
            line.tell(told)

    async def _look_around(self, *, at_once: bool) -> None:
        """At the end of a reply at once: whoever is ready by then must hear of it."""
        is_first = self._looked_at == float("-inf")
        if is_first or at_once:
            if self._look is not None:
                await self._look
            await self._see_connections()
        elif self._look is None and _now() - self._looked_at > _LOOK_SECONDS:
            self._look = asyncio.create_task(self._see_connections())

    async def _see_connections(self) -> None:
        self._looked_at = _now()
        try:
            present = await asyncio.to_thread(self._connections.of_room, self._room_id)
        except Exception as error:
            log_failure("connections not seen", error, room_id=self._room_id)
            return
        finally:
            self._look = None
        for connection in present:
            if connection.state is ConnectionState.READY and connection.id not in self._lines:
                self._open(connection)

    def _open(self, connection: RoomConnection) -> None:
        line = self._lines[connection.id] = BroadcastLine(self._sockets.open(connection), ended=self._end)
        for event in self._told.again():
            line.tell(Told(event, self._localize))

    async def _end(self, line: SocketLine) -> None:
        connection = line.connection
        if await asyncio.to_thread(self._connections.remove, connection):
            self._send(left(connection.participant))


def _now() -> float:
    return asyncio.get_running_loop().time()
