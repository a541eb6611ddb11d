"""A room's message as a row with a body of JSON."""

from dataclasses import asdict
from typing import Any

from pydantic_core import from_json, to_json

from parley.domain.clock import from_iso, to_iso
from parley.domain.events import Usage
from parley.domain.messages import MessageStatus
from parley.domain.room_messages import (
    CallStep,
    ProcessStep,
    ResultStep,
    RoomMessage,
    Sender,
    SenderType,
    TextStep,
    text_of,
)
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_items import room_id_of, room_key

MESSAGE_PREFIX = "MSG#"

_KINDS: dict[str, type[ProcessStep]] = {"said": TextStep, "call": CallStep, "result": ResultStep}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def message_key(room_id: str, place: int) -> tuple[str, str]:
    """Sort keys sort as places do."""
    return room_key(room_id), f"{MESSAGE_PREFIX}{place:015d}"


def place_of_row(row: Row) -> int:
    return int(row.sk.removeprefix(MESSAGE_PREFIX))


def row_of(place: int, message: RoomMessage, **body: Any) -> Row:
    return Row(
        *message_key(message.room_id, place),
        message_id=message.id,
        sender_type=message.sender.type.value,
        sender_id=message.sender.id,
        sender_name=message.sender.name,
        status=message.status.value,
        model=message.model,
        token_count=message.token_count,
        prompt_tokens=message.usage.prompt_tokens,
        completion_tokens=message.usage.completion_tokens,
        turn_of=message.turn_of,
        client_id=message.client_id,
        created_at=to_iso(message.created_at),
        **body,
    )


def encode_body(message: RoomMessage) -> bytes:
    """Content that the steps hold already is not stored twice."""
    body: dict[str, Any] = {}
    if message.process_steps:
        body["steps"] = [[_NAMES[type(step)], asdict(step)] for step in message.process_steps]
    if not message.process_steps or message.content != text_of(message.process_steps):
        body["content"] = message.content
    if message.mentions:
        body["mentions"] = message.mentions
    if message.failure is not None:
        body["failure"] = message.failure
    return to_json(body)


def message_of(row: Row, further_parts: bytes = b"") -> RoomMessage:
    body = from_json((row.body or b"{}") + further_parts)
    steps = tuple(_KINDS[name](**fields) for name, fields in body.get("steps", ()))
    return RoomMessage(
        id=row.message_id or "",
        room_id=room_id_of(row),
        sender=Sender(type=SenderType(row.sender_type), id=row.sender_id or "", name=row.sender_name or ""),
        content=body.get("content", text_of(steps)),
        created_at=from_iso(row.created_at or ""),
        status=MessageStatus(row.status),
        process_steps=steps,
        token_count=int(row.token_count or 0),
        usage=Usage(
            prompt_tokens=int(row.prompt_tokens or 0), completion_tokens=int(row.completion_tokens or 0)
        ),
        model=row.model,
        mentions=tuple(body.get("mentions", ())),
        turn_of=row.turn_of,
        client_id=row.client_id,
        failure=body.get("failure"),
    )
