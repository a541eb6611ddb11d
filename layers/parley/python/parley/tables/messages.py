"""Messages in DynamoDB. What exceeds an item is split over further ones and read whole again."""

import re
from dataclasses import replace

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from parley.domain.ids import conversation_of
from parley.domain.messages import Message
from parley.domain.pages import Page, PageRequest
from parley.errors import InvalidCursorError
from parley.tables.alternatives import delete_alternative, find_alternatives, put_in_place_of
from parley.tables.bodies import split_body
from parley.tables.conflicts import despite_conflicts
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import alive, conversation_item, messages_key, part_key
from parley.tables.cursors import encode_cursor
from parley.tables.item import condition_failed, differs
from parley.tables.message_rows import (
    alternative_key,
    encode_body,
    message_id_of,
    message_key,
    message_of,
    row_of,
)
from parley.tables.queries import StartKey, query_page

# A transaction holds a hundred items.
_MAX_DELETED_AT_ONCE = 90
_SORT_KEY = re.compile(r"MSG#msg_[0-9A-Z]{52}")


class DynamoMessageRepository:
    def put(self, message: Message, *, in_place_of: str | None = None) -> None:
        """The first part last: a message that was not stored whole is not in any list."""
        if in_place_of is None:
            _put_further_parts(message).save()
        elif replaced := _find(message_key(message.conversation_id, in_place_of)):
            _put_in_place_of(replaced, message)

    def get(self, conversation_id: str, message_id: str) -> Message | None:
        for key in (message_key, alternative_key):
            if row := _find(key(conversation_id, message_id)):
                return _messages([row])[0]
        return None

    def get_exchange(
        self, conversation_id: str, user_message_id: str
    ) -> tuple[Message | None, Message | None]:
        start = Row.sk >= f"MSG#{user_message_id}"
        rows = list(Row.query(messages_key(conversation_id), start, consistent_read=True, limit=2))
        question = next((row for row in rows if message_id_of(row) == user_message_id), None)
        reply = next((row for row in rows if row.reply_to == user_message_id), None)
        return _message(question) if question else None, _message(reply) if reply else None

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
        items = _messages(rows)
        if growing and cursor is None and growing.id not in [item.id for item in items[-1:]]:
            if len(items) == page.size:
                cursor = encode_cursor(rows[-1].sk)
            elif page.cursor or page.offset < total:
                items.append(growing)
        return Page(items=items, total=total, next_cursor=cursor)

    def recent(self, conversation_id: str, *, until: str, limit: int) -> list[Message]:
        rows = Row.query(
            messages_key(conversation_id),
            Row.sk.between("MSG#", f"MSG#{until}"),
            consistent_read=True,
            scan_index_forward=False,
            limit=limit,
        )
        return [_message(row) for row in rows]

    def delete(self, owner_id: str, message: Message) -> bool:
        """Passes while the message is there: of two simultaneous calls one counts it out."""
        for alternative in message.alternatives[:-_MAX_DELETED_AT_ONCE]:
            delete_alternative(message.conversation_id, alternative.id)
        try:
            despite_conflicts(lambda: _remove(owner_id, message))
        except TransactWriteError as error:
            if not condition_failed(error):
                raise
            if not delete_alternative(message.conversation_id, message.id):
                return False
        for each in (message, *message.alternatives):
            _delete_parts(each.id)
        return True

    def discard(self, message: Message) -> None:
        Row(*message_key(message.conversation_id, message.id)).delete()
        Row(*alternative_key(message.conversation_id, message.id)).delete()
        _delete_parts(message.id)


def _find(key: tuple[str, str]) -> Row | None:
    try:
        return Row.get(*key, consistent_read=True)
    except Row.DoesNotExist:
        return None


def _put_in_place_of(replaced: Row, message: Message) -> None:
    row = _put_further_parts(message)
    try:
        despite_conflicts(lambda: put_in_place_of(replaced, row))
    except TransactWriteError as error:
        if not condition_failed(error):
            raise


def _remove(owner_id: str, message: Message) -> None:
    """Passes while the message is there, and no running reply is to answer it or to take its place."""
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.delete(Row(*message_key(message.conversation_id, message.id)), Row.pk.exists())
        transaction.update(
            conversation_item(owner_id, message.conversation_id),
            [Row.message_count.add(-1)],
            alive()
            & differs(Row.running_user_message_id, message.id)
            & differs(Row.running_replaces, message.id),
        )
        for alternative in message.alternatives[-_MAX_DELETED_AT_ONCE:]:
            transaction.delete(Row(*alternative_key(message.conversation_id, alternative.id)))


def _delete_parts(message_id: str) -> None:
    with Row.batch_write() as batch:
        for part in Row.query(f"PART#{message_id}", attributes_to_get=["pk", "sk"]):
            batch.delete(part)


def _put_further_parts(message: Message) -> Row:
    """The item with the first part, which is still to be put."""
    parts = split_body(encode_body(message))
    for number, part in enumerate(parts[1:], start=1):
        Row(*part_key(message.id, number), body=part).save()
    return row_of(message, parts[0], further_parts=len(parts) - 1)


def _messages(rows: list[Row]) -> list[Message]:
    """In their order, with their alternatives."""
    found = find_alternatives(rows)
    return [
        replace(_message(row), alternatives=tuple(map(_message, found.get(message_id_of(row), ()))))
        for row in rows
    ]


def _message(row: Row) -> Message:
    return message_of(row, _further_parts(row))


def _further_parts(row: Row) -> bytes:
    if not row.parts:
        return b""
    first, last = (part_key(message_id_of(row), number) for number in (1, int(row.parts)))
    # A longer message of the same id may have left parts behind these.
    parts = Row.query(first[0], Row.sk <= last[1], consistent_read=True)
    return b"".join(part.body or b"" for part in parts)
