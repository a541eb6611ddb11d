"""A person's message over one request, with the turn that comes of it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

from parley.chat.room_access import RoomAccess
from parley.chat.room_followers import TurnFollower
from parley.chat.room_posts import RoomPosts
from parley.chat.room_stops import RoomStops
from parley.domain.idempotency import KeyedRequest
from parley.domain.room_answers import answering_agents
from parley.domain.room_events import RoomEvent
from parley.domain.room_messages import RoomMessage, Sender, SenderType
from parley.errors import IdempotencyKeyReusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`is_answered` says whether an agent is to answer; `is_new` is False where it was asked before."""

    message: RoomMessage
    is_answered: bool
    is_new: bool


class RoomQuestions:
    """Who is not in the room gets a `RoomNotFoundError` from each call."""

    def __init__(
        self, *, access: RoomAccess, posts: RoomPosts, stops: RoomStops, follower: TurnFollower
    ) -> None:
        self._access = access
        self._posts = posts
        self._stops = stops
        self._follower = follower

    async def ask(
        self,
        user_id: str,
        username: str,
        room_id: str,
        content: str,
        *,
        mentions: Sequence[str] = (),
        keyed: KeyedRequest | None = None,
    ) -> Question:
        """The message is stored and told to everybody when this returns.

        A keyed one that was sent before is found again. Raises `IdempotencyKeyReusedError`, `RoomQueueError`.
        """
        room = await asyncio.to_thread(self._access.readable, user_id, room_id)
        agents = await asyncio.to_thread(self._access.agents_of, room)
        posted = await self._posts.post(
            room_id,
            Sender(type=SenderType.USER, id=user_id, name=username),
            content,
            mentions=mentions,
            client_id=f"key:{keyed.key}" if keyed else None,
        )
        message = posted.message
        if (message.content, message.mentions) != (content, tuple(mentions)):
            raise IdempotencyKeyReusedError
        is_answered = bool(answering_agents(message, agents))
        return Question(message=message, is_answered=is_answered, is_new=posted.is_new)

    def follow(
        self, question: Question, *, seconds_left: Callable[[], float] | None
    ) -> AsyncGenerator[list[RoomEvent]]:
        return self._follower.events(
            question.message, is_answered=question.is_answered, seconds_left=seconds_left
        )

    async def stop(self, user_id: str, room_id: str, message_id: str) -> RoomMessage:
        """Raises `MessageNotFoundError`, `ReplyEndedError`."""
        await asyncio.to_thread(self._access.readable, user_id, room_id)
        return await self._stops.stop_and_wait(room_id, message_id)
