"""Messages in DynamoDB. What exceeds an item is split over further ones and read whole again."""

import json
import re
from dataclasses import asdict
from typing import Any, Literal, cast

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.transactions import TransactWrite

from parley.domain.clock import from_iso, to_iso
from parley.domain.events import FinishReason, ReplyFailed, Usage
from parley.domain.ids import conversation_of
from parley.domain.messages import Message, MessageStatus, ToolCall
from parley.domain.pages import Page, PageRequest
from parley.errors import InvalidCursorError
from parley.tables.bodies import split_body
from parley.tables.conflicts import despite_conflicts
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import alive, conversation_item, messages_key, part_key
from parley.tables.cursors import encode_cursor
from parley.tables.item import condition_failed
from parley.tables.queries import StartKey, query_page

_SORT_KEY = re.compile(r"MSG#msg_[0-9A-Z]{52}")


class DynamoMessageRepository:
    def put(self, message: Message) -> None:
        """The first part last: a message that was not stored whole is not in any list."""
        parts = split_body(_body(message))
        for number, part in enumerate(parts[1:], start=1):
            Row(*part_key(message.id, number), body=part).save()
        _row(message, parts[0], further_parts=len(parts) - 1).save()

    def put_if_absent(self, message: Message) -> None:
        try:
            _row(message, _body(message), further_parts=0).save(Row.pk.does_not_exist())
        except PutError as error:
            if not condition_failed(error):
                raise

    def get(self, conversation_id: str, message_id: str) -> Message | None:
        try:
            return _message(Row.get(*_key(conversation_id, message_id), consistent_read=True))
        except Row.DoesNotExist:
            return None

    def list_page(
        self, conversation_id: str, *, page: PageRequest, total: int, growing: Message | None = None
    ) -> Page[Message]:
        def start_key(text: str) -> StartKey:
            if not _SORT_KEY.fullmatch(text) or conversation_of(text.removeprefix("MSG#")) != conversation_id:
                raise InvalidCursorError
            return {"pk": {"S": messages_key(conversation_id)}, "sk": {"S": text}}

        rows: list[Row]
        rows, cursor = query_page(
            Row.query,
            messages_key(conversation_id),
            Row.sk.startswith("MSG#"),
            page=page,
            newest_first=False,
            start_key=start_key,
            cursor_of=lambda row: row.sk,
        )
        items = [_message(row) for row in rows]
        if growing and cursor is None and growing.id not in [item.id for item in items[-1:]]:
            if len(items) == page.size:
                cursor = encode_cursor(rows[-1].sk)
            elif page.cursor or page.offset < total:
                items.append(growing)
        return Page(items=items, total=total, next_cursor=cursor)

    def recent(self, conversation_id: str, *, limit: int) -> list[Message]:
        rows = Row.query(
            messages_key(conversation_id),
            Row.sk.startswith("MSG#"),
            consistent_read=True,
            scan_index_forward=False,
            limit=limit,
        )
        return [_message(row) for row in rows]

    def delete(self, owner_id: str, message: Message) -> bool:
        """Passes while the message is there: of two simultaneous calls one counts it out."""
        try:
            despite_conflicts(lambda: _remove(owner_id, message))
        except TransactWriteError as error:
            if not condition_failed(error):
                raise
            return False
        _delete_parts(message.id)
        return True

    def discard(self, message: Message) -> None:
        Row(*_key(message.conversation_id, message.id)).delete()
        _delete_parts(message.id)


def _key(conversation_id: str, message_id: str) -> tuple[str, str]:
    return messages_key(conversation_id), f"MSG#{message_id}"


def _remove(owner_id: str, message: Message) -> None:
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.delete(Row(*_key(message.conversation_id, message.id)), Row.pk.exists())
        transaction.update(
            conversation_item(owner_id, message.conversation_id), [Row.message_count.add(-1)], alive()
        )


def _delete_parts(message_id: str) -> None:
    with Row.batch_write() as batch:
        for part in Row.query(f"PART#{message_id}", attributes_to_get=["pk", "sk"]):
            batch.delete(part)


def _row(message: Message, body: bytes, *, further_parts: int) -> Row:
    return Row(
        *_key(message.conversation_id, message.id),
        role=message.role,
        status=message.status.value,
        model=message.model,
        token_count=message.token_count,
        prompt_tokens=message.usage.prompt_tokens,
        completion_tokens=message.usage.completion_tokens,
        created_at=to_iso(message.created_at),
        body=body,
        parts=further_parts,
    )


def _body(message: Message) -> bytes:
    body: dict[str, Any] = {"content": message.content}
    if message.thinking is not None:
        body["thinking"] = message.thinking
    if message.tool_calls:
        body["tool_calls"] = [asdict(call) for call in message.tool_calls]
    if message.finish_reason is not None:
        body["finish_reason"] = message.finish_reason.value
    if message.failure is not None:
        body["failure"] = {"content": message.failure.content, "type": message.failure.type}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _message(row: Row) -> Message:
    body = json.loads((row.body or b"{}") + _further_parts(row))
    return Message(
        id=row.sk.removeprefix("MSG#"),
        conversation_id=row.pk.removeprefix("CONV#"),
        role=cast(Literal["user", "assistant"], row.role),
        content=body["content"],
        created_at=from_iso(row.created_at or ""),
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
    )


def _further_parts(row: Row) -> bytes:
    if not row.parts:
        return b""
    first, last = (part_key(row.sk.removeprefix("MSG#"), number) for number in (1, int(row.parts)))
    # A longer message of the same id may have left parts behind these.
    parts = Row.query(first[0], Row.sk <= last[1], consistent_read=True)
    return b"".join(part.body or b"" for part in parts)
