"""What is told in passing to one connection: in order, and merged while it waits."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from parley.chat.room_frames import event_frames
from parley.chat.room_lines import LineEndedError, SocketLine
from parley.chat.step_windows import follows, joined
from parley.domain.room_events import RoomEvent, StepGrown, TypingChanged
from parley.observability import log_failure

type Localize = Callable[[RoomEvent, str], RoomEvent]


@dataclass(frozen=True, slots=True)
class Told:
    """An event with its frames, which are made once for all connections of a language."""

    event: RoomEvent
    localize: Localize
    frames: dict[str, list[bytes]] = field(default_factory=dict)

    def frames_in(self, language: str) -> list[bytes]:
        if language not in self.frames:
            self.frames[language] = event_frames(self.localize(self.event, language))
        return self.frames[language]


class BroadcastLine:
    def __init__(self, line: SocketLine, *, ended: Callable[[SocketLine], Awaitable[None]]) -> None:
        self._line = line
        self._ended = ended
        self._waiting: deque[Told] = deque()
        self._task: asyncio.Task[None] | None = None
        self._has_ended = False

    @property
    def is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def tell(self, told: Told) -> None:
        if self._has_ended:
            return
        self._merge(told)
        if not self.is_busy:
            self._task = asyncio.create_task(self._run())

    async def finish(self) -> None:
        """Until all is sent, or given up."""
        if self._task is not None:
            await self._task

    def _merge(self, told: Told) -> None:
        event, last = told.event, self._waiting[-1] if self._waiting else None
        if isinstance(event, StepGrown) and last and isinstance(last.event, StepGrown):
            if follows(last.event, event):
                self._waiting[-1] = Told(joined(last.event, event), told.localize)
                return
        elif isinstance(event, TypingChanged):  # what is stale interests nobody
            self._waiting = deque(each for each in self._waiting if not _is_of_same(each.event, event))
        self._waiting.append(told)

    async def _run(self) -> None:
        try:
            while self._waiting:
                for frame in self._waiting.popleft().frames_in(self._line.connection.language):
                    await self._line.send(frame)
        except LineEndedError:
            self._give_up()
            await self._ended(self._line)
        except Exception as error:  # it was told in passing: what is stored says the same
            self._give_up()
            log_failure("connection not told", error, connection_id=self._line.connection.id)

    def _give_up(self) -> None:
        self._has_ended = True
        self._waiting.clear()


def _is_of_same(event: RoomEvent, typing: TypingChanged) -> bool:
    return isinstance(event, TypingChanged) and event.participant.id == typing.participant.id
