"""Replays a reply's events and follows them live, from whichever process is asked."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass

from parley.chat.replays import events_of
from parley.chat.reply_runs import LOST
from parley.chat.transcripts import Transcript
from parley.domain.events import INTERRUPTED
from parley.domain.messages import Message
from parley.domain.reply_logs import LogPage, NumberedEvent, ReplyLog
from parley.errors import MessageNotFoundError

POLL_SECONDS = 0.2
# In silence the writer may have died: how many empty looks at the log go by before one at its lease.
_LOOKS_BETWEEN_LEASE_CHECKS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A reader's place in a reply: it has the events up to `after`, and `page` are the next ones."""

    user_id: str
    message_id: str
    after: int
    page: LogPage
    is_stored: bool

    @property
    def has_all(self) -> bool:
        """Whether nothing is left to tell: a client that reconnects by itself must be told so, or it goes on.

        The end of a sealed log is no event of it: it is numbered behind the log's last one, or behind what
        its writer told a client and did not live to write.
        """
        if self.page.length is None or self.page.events:
            return False
        if self.page.is_sealed:
            return self.after == self.page.length + 1
        return self.after >= self.page.length


class ReplyReader:
    def __init__(self, transcript: Transcript, log: ReplyLog) -> None:
        self._transcript = transcript
        self._log = log

    def open(self, user_id: str, message_id: str, after: int) -> Position:
        """Blocks. Raises `MessageNotFoundError`, also for a message that is no reply."""
        is_stored = self._transcript.has_ended(user_id, message_id)
        page = self._log.read(message_id, after=after)
        return Position(user_id=user_id, message_id=message_id, after=after, page=page, is_stored=is_stored)

    async def events(self, position: Position) -> AsyncGenerator[list[NumberedEvent]]:
        """The events behind the position, in batches, up to and with the last one.

        The last one is told when the reply is stored: whoever has seen the end finds the whole reply.
        """
        page, after, idle_looks = position.page, position.after, 0
        while not page.is_ended:
            if page.events:
                yield list(page.events)
                after, idle_looks = page.events[-1][0], 0
            elif rest := await self._rest(position, after, idle_looks):
                yield rest
                return
            idle_looks += 1
            await asyncio.sleep(POLL_SECONDS)
            page = await asyncio.to_thread(self._log.read_on, position.message_id, page, after=after)
        if not (told := _with_last(page, after)):
            return  # who claims to have more than there is
        *events, last = told
        if events:
            yield events
        if not position.is_stored:
            with suppress(MessageNotFoundError):  # deleted in this moment, it has ended all the same
                await self._wait_for_end(position.user_id, position.message_id)
        yield [last]

    async def wait_for_reply(self, user_id: str, message_id: str) -> Message:
        """The reply once it is stored. Raises `MessageNotFoundError`.

        It takes as long as the reply; where the writer has died, until its lease has run out.
        """
        await self._wait_for_end(user_id, message_id)
        return await asyncio.to_thread(self._transcript.get_message, user_id, message_id)

    async def _wait_for_end(self, user_id: str, message_id: str) -> None:
        while True:
            if await asyncio.to_thread(self._transcript.has_ended, user_id, message_id):
                return
            await asyncio.sleep(POLL_SECONDS)

    async def _rest(self, position: Position, after: int, idle_looks: int) -> list[NumberedEvent]:
        """Where the log does not go on since the reply has ended: what can still be told of it."""
        if idle_looks % _LOOKS_BETWEEN_LEASE_CHECKS:
            return []
        whose = position.user_id, position.message_id
        try:
            if not await asyncio.to_thread(self._transcript.has_ended, *whose):
                return []
            page = await asyncio.to_thread(self._log.read, position.message_id, after=after)
            if page.is_ended:
                return []
            reply = await asyncio.to_thread(self._transcript.get_message, *whose)
        except MessageNotFoundError:
            return [(after + 1, LOST)]
        return list(enumerate(events_of(reply), start=after + 1))


def _with_last(page: LogPage, after: int) -> list[NumberedEvent]:
    assert page.length is not None
    if page.is_sealed:
        return [*page.events, (max(page.length, after) + 1, INTERRUPTED)]
    return list(page.events)
