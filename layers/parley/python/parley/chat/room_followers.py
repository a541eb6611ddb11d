"""Follows a turn out of what is stored, from any process: what the room's connections are told of it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from parley.chat.room_steps import StepSequence, steps_again
from parley.chat.turn_notices import end_of_reply, end_of_turn
from parley.domain.events import INTERRUPTED, ReplyFailed, Usage
from parley.domain.messages import MessageStatus
from parley.domain.reply_logs import LogPage, ReplyLog
from parley.domain.room_events import Failed, MessagePosted, RoomEvent, TypingChanged
from parley.domain.room_messages import RoomMessage, RoomMessageRepository
from parley.domain.room_turns import GivenReply, Turn, TurnRepository

POLL_SECONDS = 0.1
# A turn that waits for those before it is looked at less often after a while.
SLOW_POLL_SECONDS = 0.5
_LOOKS_BEFORE_SLOW = 50
# How many empty looks at a log go by before one at the message: its log may be no more.
_LOOKS_BETWEEN_CHECKS = 10
# A process that has less than this left says so and ends.
_LAST_SECONDS = 10.0
STILL_RUNNING = Failed(content="The turn goes on; its messages are in the room.", type="turn_running")


class TurnFollower:
    def __init__(
        self,
        *,
        messages: RoomMessageRepository,
        turns: TurnRepository,
        log: ReplyLog,
    ) -> None:
        self._messages = messages
        self._turns = turns
        self._log = log

    async def events(
        self, message: RoomMessage, *, is_answered: bool, seconds_left: Callable[[], float] | None = None
    ) -> AsyncGenerator[list[RoomEvent]]:
        """In batches: the message, then each reply from its beginning, and the notice that ends the turn.

        Where nobody answers there is the message alone. Where the process ends first, that is said.
        """
        yield [MessagePosted(message=message)]
        told = looks = 0
        while is_answered and not _is_over(seconds_left):
            turn = await asyncio.to_thread(self._turns.find, message.room_id, message.id)
            for given in _replies(turn)[told:]:
                if (reply := await self._find(message.room_id, given.message_id)) is None:
                    break  # not put yet
                async for batch in self._of_reply(reply, seconds_left):
                    yield batch
                told, looks = told + 1, 0
            if turn is not None and turn.ended is not None and told == len(turn.given):
                yield list(end_of_turn(turn.ended))
                return
            if await self._is_gone(message, looks):
                return
            await asyncio.sleep(POLL_SECONDS if looks < _LOOKS_BEFORE_SLOW else SLOW_POLL_SECONDS)
            looks += 1
        if is_answered:
            yield [STILL_RUNNING]

    async def _of_reply(
        self, reply: RoomMessage, seconds_left: Callable[[], float] | None
    ) -> AsyncGenerator[list[RoomEvent]]:
        yield [
            TypingChanged(participant=reply.sender, is_typing=True),
            MessagePosted(message=_unwritten(reply)),
        ]
        sequence = StepSequence(message_id=reply.id, agent_id=reply.sender.id)
        page, after, looks = LogPage(), 0, 0
        while not page.is_ended and not await self._has_no_log(reply, looks):
            page = await asyncio.to_thread(self._log.read_on, reply.id, page, after=after)
            if page.events:
                yield [step for _, event in page.events if (step := sequence.take(event))]
                after, looks = page.events[-1][0], 0
            elif not page.is_ended:
                if _is_over(seconds_left):
                    return
                looks += 1
                await asyncio.sleep(POLL_SECONDS)
        if (ended := await self._wait_for_end(reply)) is not None:
            again = [] if page.is_ended else steps_again(ended)
            yield [*again, *end_of_reply(ended, _failure_of(page))]

    async def _has_no_log(self, reply: RoomMessage, looks: int) -> bool:
        """Whether the reply has ended, or is gone, and its log with it: looked at now and then in silence."""
        if not looks or looks % _LOOKS_BETWEEN_CHECKS:
            return False
        found = await self._find(reply.room_id, reply.id)
        if found is not None and found.status is MessageStatus.STREAMING:
            return False
        return not (await asyncio.to_thread(self._log.read, reply.id)).is_ended

    async def _wait_for_end(self, reply: RoomMessage) -> RoomMessage | None:
        """Its log has ended: it is stored in a moment, or when its writer's lease is over."""
        while (found := await self._find(reply.room_id, reply.id)) is not None:
            if found.status is not MessageStatus.STREAMING:
                return found
            await asyncio.sleep(POLL_SECONDS)
        return None

    async def _is_gone(self, message: RoomMessage, looks: int) -> bool:
        if (looks + 1) % _LOOKS_BETWEEN_CHECKS:
            return False
        return await self._find(message.room_id, message.id) is None

    async def _find(self, room_id: str, message_id: str) -> RoomMessage | None:
        return await asyncio.to_thread(self._messages.get, room_id, message_id)


def _is_over(seconds_left: Callable[[], float] | None) -> bool:
    return seconds_left is not None and seconds_left() < _LAST_SECONDS


def _replies(turn: Turn | None) -> tuple[GivenReply, ...]:
    if turn is None:
        return ()
    return turn.given if turn.current is None else (*turn.given, turn.current)


def _unwritten(reply: RoomMessage) -> RoomMessage:
    """As the room was told of it when it began."""
    return replace(
        reply,
        content="",
        process_steps=(),
        status=MessageStatus.STREAMING,
        token_count=0,
        usage=Usage(),
        failure=None,
    )


def _failure_of(page: LogPage) -> ReplyFailed | None:
    if page.is_sealed:
        return INTERRUPTED
    last = page.events[-1][1] if page.events else None
    return last if isinstance(last, ReplyFailed) else None
