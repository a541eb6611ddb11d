"""Plausible values of the domain, each different from the last; a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from ulid import ULID

from parley.domain.agents import Agent, AgentKind
from parley.domain.clock import now
from parley.domain.conversations import Conversation, RunningReply
from parley.domain.ids import (
    AGENT,
    CONVERSATION,
    PROVIDER,
    ROOM,
    USER,
    new_id,
    new_message_id,
    successor_id,
)
from parley.domain.messages import Message
from parley.domain.providers import Provider, ProviderKind
from parley.domain.room_connections import RoomConnection
from parley.domain.room_messages import NewMessage, RoomMessage, Sender, SenderType
from parley.domain.room_places import room_of
from parley.domain.rooms import Room, RoomMember
from parley.domain.users import User

_numbers = count(1)
_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_user(**fields: Any) -> User:
    number = next(_numbers)
    defaults = {"username": f"user{number}", "email": f"user{number}@example.com"}
    return User(**{"id": new_id(USER), "created_at": now(), **defaults, **fields})


def a_conversation(user_id: str = "user_1", *, minute: int = 0, **fields: Any) -> Conversation:
    """`minute` puts conversations in an order of update."""
    moment = _NOON + timedelta(minutes=minute)
    defaults: dict[str, Any] = {
        "id": new_id(CONVERSATION),
        "project_id": None,
        "title": "新会话",
        "model": "glm-5",
        "system_prompt": None,
        "temperature": 0.7,
        "max_tokens": 1000,
        "thinking_enabled": False,
        "message_count": 0,
        "created_at": moment,
        "updated_at": moment,
    }
    return Conversation(user_id=user_id, **{**defaults, **fields})


def an_agent(user_id: str = "user_1", **fields: Any) -> Agent:
    defaults: dict[str, Any] = {
        "id": new_id(AGENT),
        "name": f"agent {next(_numbers)}",
        "description": None,
        "system_prompt": None,
        "model": "glm-5",
        "provider_id": None,
        "temperature": 0.7,
        "max_tokens": 1000,
        "thinking_enabled": False,
        "tools": None,
        "kind": AgentKind.HOSTED,
        "created_at": _NOON,
        "updated_at": _NOON,
    }
    return Agent(user_id=user_id, **{**defaults, **fields})


def a_room(owner_id: str = "user_1", **fields: Any) -> Room:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "id": new_id(ROOM),
        "owner_name": "anna",
        "name": f"room {number}",
        "description": None,
        "created_at": _NOON,
        "updated_at": _NOON,
    }
    return Room(owner_id=owner_id, **{**defaults, **fields})


def a_member(**fields: Any) -> RoomMember:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "user_id": new_id(USER),
        "username": f"user{number}",
        "added_at": _NOON + timedelta(seconds=number),
    }
    return RoomMember(**{**defaults, **fields})


def a_message(conversation: Conversation, *, after: Message | None = None, **fields: Any) -> Message:
    defaults = {"role": "user", "content": "你好", "created_at": now()}
    identifier = new_message_id(conversation.id, after=after.id if after else None)
    return Message(**{"id": identifier, "conversation_id": conversation.id, **defaults, **fields})


def messages_in_order(conversation: Conversation, number: int) -> list[Message]:
    messages: list[Message] = []
    for index in range(number):
        after = messages[-1] if messages else None
        messages.append(a_message(conversation, after=after, content=f"message {index}"))
    return messages


def a_reply(question: Message, *, in_place_of: Message | None = None, **fields: Any) -> Message:
    """`in_place_of` is the reply that came before it, where it is not the first to the question."""
    first_id = new_message_id(question.conversation_id, after=question.id)
    defaults = {
        "id": successor_id(in_place_of.id) if in_place_of else first_id,
        "conversation_id": question.conversation_id,
        "content": f"reply {next(_numbers)}",
        "created_at": now(),
        "model": "glm-5",
        "reply_to": question.id,
    }
    return Message(role="assistant", **{**defaults, **fields})


def a_running_reply(
    conversation: Conversation,
    *,
    lease_until_ms: int = 9_999_999_999_999,
    in_place_of: Message | None = None,
) -> RunningReply:
    user_message_id = (in_place_of and in_place_of.reply_to) or new_message_id(conversation.id)
    first_id = new_message_id(conversation.id, after=user_message_id)
    return RunningReply(
        reply_id=successor_id(in_place_of.id) if in_place_of else first_id,
        user_message_id=user_message_id,
        created_at=now(),
        lease_until_ms=lease_until_ms,
        replaces=in_place_of.id if in_place_of else None,
    )


def a_provider(user_id: str = "user_1", *, minute: int = 0, **fields: Any) -> Provider:
    """`minute` puts providers in an order of creation."""
    number, moment = next(_numbers), _NOON + timedelta(minutes=minute)
    defaults: dict[str, Any] = {
        "id": f"{PROVIDER}_{ULID.from_datetime(moment + timedelta(milliseconds=number))}",
        "name": f"provider {number}",
        "kind": ProviderKind.OPENAI,
        "base_url": "https://models.example/v1",
        "models": (),
        "is_default": False,
        "enabled": True,
        "created_at": moment,
        "updated_at": moment,
    }
    return Provider(user_id=user_id, **{**defaults, **fields})


def a_sender(**fields: Any) -> Sender:
    number = next(_numbers)
    return Sender(**{"type": SenderType.USER, "id": new_id(USER), "name": f"user{number}", **fields})


def a_new_message(room_id: str, **fields: Any) -> NewMessage:
    defaults = {"sender": a_sender(), "content": f"message {next(_numbers)}"}
    return NewMessage(room_id=room_id, **{**defaults, **fields})


def a_room_message(message_id: str, **fields: Any) -> RoomMessage:
    """At the place that the id names."""
    defaults = {"sender": a_sender(), "content": f"message {next(_numbers)}", "created_at": now()}
    return RoomMessage(id=message_id, room_id=room_of(message_id) or "", **{**defaults, **fields})


def a_connection(room_id: str, participant: Sender | None = None, **fields: Any) -> RoomConnection:
    participant = participant or a_sender()
    defaults = {"id": f"connection-{next(_numbers)}=", "user_id": participant.id, "connected_at": now()}
    return RoomConnection(room_id=room_id, participant=participant, **{**defaults, **fields})
