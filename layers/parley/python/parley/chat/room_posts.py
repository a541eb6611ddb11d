"""Saying something in a room: stored, then queued to be answered, then brought to everybody."""

import asyncio
from collections.abc import Sequence

from parley.chat.room_audience import Deliverer
from parley.domain.room_messages import NewMessage, PostedMessage, RoomMessageRepository, Sender
from parley.domain.room_work import RoomQueue, TurnWork
from parley.observability import log_failure


class RoomPosts:
    def __init__(self, *, messages: RoomMessageRepository, queue: RoomQueue, delivery: Deliverer) -> None:
        self._messages = messages
        self._queue = queue
        self._delivery = delivery
        self._delivering: set[asyncio.Task[None]] = set()

    async def post(
        self,
        room_id: str,
        sender: Sender,
        content: str,
        *,
        mentions: Sequence[str] = (),
        client_id: str | None = None,
    ) -> PostedMessage:
        """Stored and queued when this returns, and then brought to everybody in a task of its own.

        Whoever calls has made sure that the sender may speak here.

        A `client_id` that the sender has used here within a day gives the message of that time. Raises
        `RoomNotFoundError`, and `RoomQueueError` (retryable; without a `client_id` it is then there twice).
        """
        message = NewMessage(
            room_id=room_id, sender=sender, content=content, mentions=tuple(mentions), client_id=client_id
        )
        posted = await asyncio.to_thread(self._store, message)
        delivering = asyncio.create_task(self._deliver(room_id))
        self._delivering.add(delivering)
        delivering.add_done_callback(self._delivering.discard)
        return posted

    async def _deliver(self, room_id: str) -> None:
        try:
            await self._delivery.deliver(room_id)
        except Exception as error:  # it is stored: whoever runs its turn delivers it
            log_failure("message not delivered", error)

    def _store(self, message: NewMessage) -> PostedMessage:
        """A repeated one is queued again, where it is taken once: it may have died on the way there."""
        posted = self._messages.post(message)
        self._queue.send(TurnWork(room_id=message.room_id, message_id=posted.message.id))
        return posted
