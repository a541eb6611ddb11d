"""The log of a reply: its numbered events, kept for a day, from which any process can replay and follow it.

A log is written at its end only, and each place in it once. So whoever takes the next place decides: the
writer goes on, somebody who wants the reply stopped leaves a mark there, and whoever finds the writer dead
seals the log. What the log holds then is what the reply is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from parley.domain.events import ReplyDone, ReplyEvent, ReplyFailed

MAX_EVENT_NUMBER = 999_999_998

type NumberedEvent = tuple[int, ReplyEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Events behind the one that was asked for, without a gap.

    `length` is how many events the log has in all, once it gets no more of them. It was then completed, or
    sealed: broken off, without a last event. `place` is where the log goes on that has been read so far.
    """

    events: tuple[NumberedEvent, ...] = ()
    length: int | None = None
    is_sealed: bool = False
    place: int = field(default=1, compare=False)

    @property
    def is_ended(self) -> bool:
        return self.length is not None


class LogSealedError(Exception):
    """The writer was taken for dead: others have settled its reply, and it must not go on."""


def is_last(event: ReplyEvent) -> bool:
    return isinstance(event, ReplyDone | ReplyFailed)


class ReplyLog(Protocol):
    """Logs by reply. All calls block, and may be repeated after a failure."""

    def append(self, reply_id: str, first: int, events: Sequence[ReplyEvent]) -> bool:
        """Write events numbered from `first`, the next place. Whether somebody wants the reply stopped.

        Raises `LogSealedError`; nothing is written then.
        """

    def is_stop_requested(self, reply_id: str, place: int) -> bool:
        """Whether a mark lies at the next place, for a writer that has nothing to write just now.

        Raises `LogSealedError`.
        """

    def request_stop(self, reply_id: str) -> bool:
        """Leave a mark for the writer; it sees it with its next write. False where the reply has ended."""

    def seal(self, reply_id: str, *, beginning: ReplyEvent | None = None) -> LogPage:
        """End the log where its writer has died, unless it is complete; the whole of it in any case.

        `beginning` is the first event of a log that its writer did not live to begin.
        """

    def read(self, reply_id: str, *, after: int = 0) -> LogPage:
        """The events numbered above `after`; an empty page where there are none (yet, or any more).

        Of a very long log only the next ones.
        """

    def read_on(self, reply_id: str, page: LogPage, *, after: int) -> LogPage:
        """What has come behind an earlier page: for less than `read`, and perhaps a moment late."""

    def discard(self, reply_id: str) -> None:
        """Remove it: its conversation is gone."""
