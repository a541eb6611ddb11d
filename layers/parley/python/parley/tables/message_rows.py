"""A message as a row and a body of JSON; the row of a long one has the body of its beginning."""

import json
from dataclasses import asdict
from typing import Any, Literal, cast

from parley.domain.clock import from_iso, to_iso
from parley.domain.events import FinishReason, ReplyFailed, Usage
from parley.domain.long_messages import characters_of
from parley.domain.messages import Message, MessageStatus, ToolCall
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import messages_key


def message_key(conversation_id: str, message_id: str) -> tuple[str, str]:
    return messages_key(conversation_id), f"MSG#{message_id}"


def alternative_key(conversation_id: str, message_id: str) -> tuple[str, str]:
    """Of a reply in whose place there is a newer one."""
    return messages_key(conversation_id), f"ALT#{message_id}"


def message_id_of(row: Row) -> str:
    return row.sk.partition("#")[2]


def row_of(message: Message, *, parts: int = 0, characters: int | None = None) -> Row:
    """`parts` hold the whole message, and `characters` it has, where this is the beginning of a long one."""
    return Row(
        *message_key(message.conversation_id, message.id),
        role=message.role,
        reply_to=message.reply_to,
        status=message.status.value,
        model=message.model,
        token_count=message.token_count,
        prompt_tokens=message.usage.prompt_tokens,
        completion_tokens=message.usage.completion_tokens,
        created_at=to_iso(message.created_at),
        body=encode_body(message),
        parts=parts,
        characters=characters_of(message) if characters is None else characters,
    )


def encode_body(message: Message) -> bytes:
    body: dict[str, Any] = {"content": message.content}
    if message.thinking is not None:
        body["thinking"] = message.thinking
    if message.tool_calls:
        body["tool_calls"] = [asdict(call) for call in message.tool_calls]
    if message.finish_reason is not None:
        body["finish_reason"] = message.finish_reason.value
    if message.failure is not None:
        body["failure"] = {"content": message.failure.content, "type": message.failure.type}
    if message.is_beginning:
        body["whole_content_characters"] = message.whole_content_characters
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def message_of(row: Row, whole_body: bytes | None = None) -> Message:
    body = json.loads(whole_body or row.body or b"{}")
    return Message(
        id=message_id_of(row),
        conversation_id=row.pk.removeprefix("CONV#"),
        role=cast(Literal["user", "assistant"], row.role),
        content=body["content"],
        created_at=from_iso(row.created_at or ""),
        reply_to=row.reply_to,
        status=MessageStatus(row.status),
        thinking=body.get("thinking"),
        tool_calls=tuple(ToolCall(**call) for call in body.get("tool_calls", ())),
        model=row.model,
        token_count=int(row.token_count or 0),
        usage=Usage(
            prompt_tokens=int(row.prompt_tokens or 0), completion_tokens=int(row.completion_tokens or 0)
        ),
        finish_reason=FinishReason(body["finish_reason"]) if "finish_reason" in body else None,
        failure=ReplyFailed(**body["failure"]) if "failure" in body else None,
        whole_content_characters=body.get("whole_content_characters"),
    )
