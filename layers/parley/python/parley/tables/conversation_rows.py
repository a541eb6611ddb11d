"""A conversation as a row. A long system prompt has an item of its own: see `system_prompts`."""

from parley.domain.clock import from_iso, to_iso
from parley.domain.conversations import Conversation, RunningReply
from parley.domain.ids import created_at_of
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import (
    conversation_id_of,
    conversation_sort_key,
    owner_key,
    owner_of,
    project_key,
)


def to_row(conversation: Conversation) -> Row:
    updated = f"{to_iso(conversation.updated_at)}#{conversation.id}"
    return Row(
        owner_key(conversation.user_id),
        conversation_sort_key(conversation.id),
        updated_key=updated,
        project_key=project_key(conversation.project_id, updated),
        project_id=conversation.project_id,
        title=conversation.title,
        model=conversation.model,
        system_prompt=conversation.system_prompt,
        temperature=conversation.temperature,
        max_tokens=conversation.max_tokens,
        thinking_enabled=conversation.thinking_enabled,
        message_count=conversation.message_count,
        created_at=to_iso(conversation.created_at),
        updated_at=to_iso(conversation.updated_at),
    )


def from_row(row: Row, *, system_prompt: str | None) -> Conversation:
    return Conversation(
        id=conversation_id_of(row),
        user_id=owner_of(row),
        project_id=row.project_id,
        title=row.title or "",
        model=row.model or "",
        system_prompt=system_prompt,
        temperature=float(row.temperature or 0),
        max_tokens=int(row.max_tokens or 0),
        thinking_enabled=bool(row.thinking_enabled),
        message_count=int(row.message_count or 0),
        created_at=from_iso(row.created_at or ""),
        updated_at=from_iso(row.updated_at or ""),
        running=_running(row),
    )


def _running(row: Row) -> RunningReply | None:
    if not row.running_reply_id:
        return None
    return RunningReply(
        reply_id=row.running_reply_id,
        user_message_id=row.running_user_message_id or "",
        created_at=from_iso(row.running_since) if row.running_since else created_at_of(row.running_reply_id),
        lease_until_ms=int(row.lease_until_ms or 0),
        replaces=row.running_replaces,
    )
