"""Replies' logs in memory; the contract tests are those of the table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from parley.domain.events import ReplyEvent
from parley.domain.reply_logs import LogPage, LogSealedError, NumberedEvent, is_last


@dataclass
class _Log:
    chunks: list[tuple[int, tuple[ReplyEvent, ...]]] = field(default_factory=list)
    is_stop_wanted: bool = False
    is_sealed: bool = False

    @property
    def events(self) -> list[NumberedEvent]:
        return [each for first, events in self.chunks for each in enumerate(events, start=first)]

    @property
    def is_ended(self) -> bool:
        return self.is_sealed or (bool(self.events) and is_last(self.events[-1][1]))

    def page(self, after: int) -> LogPage:
        length = len(self.events) if self.is_ended else None
        return LogPage(
            events=tuple(self.events[after:]),
            length=length,
            is_sealed=self.is_sealed,
            place=len(self.events) + 1,
        )


class InMemoryReplyLog:
    def __init__(self) -> None:
        self._logs: dict[str, _Log] = {}
        self._guard = Lock()

    def append(self, reply_id: str, first: int, events: Sequence[ReplyEvent]) -> bool:
        with self._guard:
            log = self._logs.setdefault(reply_id, _Log())
            if log.chunks and log.chunks[-1] == (first, tuple(events)):
                return False
            if log.is_sealed or first != len(log.events) + 1:
                raise LogSealedError
            log.chunks.append((first, tuple(events)))
            wanted, log.is_stop_wanted = log.is_stop_wanted, False
            return wanted

    def is_stop_requested(self, reply_id: str, place: int) -> bool:
        with self._guard:
            log = self._logs.setdefault(reply_id, _Log())
            if log.is_sealed:
                raise LogSealedError
            return log.is_stop_wanted and place == len(log.events) + 1

    def request_stop(self, reply_id: str) -> bool:
        with self._guard:
            log = self._logs.setdefault(reply_id, _Log())
            if log.is_ended:
                return False
            log.is_stop_wanted = True
            return True

    def seal(self, reply_id: str, *, beginning: ReplyEvent | None = None) -> LogPage:
        with self._guard:
            log = self._logs.setdefault(reply_id, _Log())
            if not log.is_ended:
                if beginning is not None and not log.chunks:
                    log.chunks.append((1, (beginning,)))
                log.is_sealed = True
            return log.page(0)

    def read(self, reply_id: str, *, after: int = 0) -> LogPage:
        with self._guard:
            return self._logs.get(reply_id, _Log()).page(after)

    def read_on(self, reply_id: str, page: LogPage, *, after: int) -> LogPage:
        return self.read(reply_id, after=after)

    def discard(self, reply_id: str) -> None:
        with self._guard:
            self._logs.pop(reply_id, None)
