"""Stopping what agents are at in a room: the reply that is being given, and those that would follow."""

import asyncio

from parley.domain.messages import MessageStatus
from parley.domain.reply_logs import ReplyLog
from parley.domain.room_messages import RoomMessage, RoomMessageRepository
from parley.domain.room_turns import Turn, TurnRepository
from parley.errors import MessageNotFoundError, ReplyEndedError

POLL_SECONDS = 0.1
# A runner sees a stop with its next write to the log. One that is dead is replaced when its lease is over.
PATIENCE_SECONDS = 60.0


class RoomStops:
    def __init__(self, *, messages: RoomMessageRepository, turns: TurnRepository, log: ReplyLog) -> None:
        self._messages = messages
        self._turns = turns
        self._log = log

    def stop_running(self, room_id: str) -> None:
        """The turn that is running now. Blocks. Raises `ReplyEndedError` where there is none."""
        running = self._turns.running(room_id)
        if running is None:
            raise ReplyEndedError
        self._stop_turn(room_id, running.message_id)

    def stop_message(self, room_id: str, message_id: str) -> RoomMessage:
        """The turn of a message, given its id or that of the reply that is being given. Blocks.

        A turn that waits for its time then never begins. Raises `MessageNotFoundError`, `ReplyEndedError`.
        """
        message = self._messages.get(room_id, message_id)
        if message is None:
            raise MessageNotFoundError
        if message.turn_of is not None and message.status is not MessageStatus.STREAMING:
            raise ReplyEndedError
        self._stop_turn(room_id, message.turn_of or message.id)
        return message

    async def stop_and_wait(self, room_id: str, message_id: str) -> RoomMessage:
        """As `stop_message`; the message as it is when the turn has ended, or one that has not begun."""
        message = await asyncio.to_thread(self.stop_message, room_id, message_id)
        for _ in range(round(PATIENCE_SECONDS / POLL_SECONDS)):
            if not await asyncio.to_thread(self._is_running, message):
                break
            await asyncio.sleep(POLL_SECONDS)
        return await asyncio.to_thread(self._messages.get, room_id, message_id) or message

    def _stop_turn(self, room_id: str, message_id: str) -> None:
        turn = self._turns.request_stop(room_id, message_id)
        if turn is None:
            raise ReplyEndedError
        if turn.current is not None:
            self._log.request_stop(turn.current.message_id)

    def _is_running(self, message: RoomMessage) -> bool:
        turn: Turn | None = self._turns.find(message.room_id, message.turn_of or message.id)
        return turn is not None and turn.ended is None
