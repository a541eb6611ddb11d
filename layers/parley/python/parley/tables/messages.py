"""Messages in DynamoDB. A long one is a row with its beginning, and further items with the whole of it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from parley.domain.ids import conversation_of
from parley.domain.messages import Message
from parley.domain.pages import Page, PageRequest
from parley.errors import InvalidCursorError
from parley.tables.alternatives import delete_alternative, find_alternatives, put_in_place_of
from parley.tables.conflicts import despite_conflicts
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import alive, conversation_item, messages_key
from parley.tables.cursors import encode_cursor
from parley.tables.item import condition_failed, differs
from parley.tables.message_parts import delete_parts, listed, put_parts, whole
from parley.tables.message_rows import (
    alternative_key,
    message_id_of,
    message_key,
    message_of,
)
from parley.tables.queries import StartKey, query_page

# A transaction holds a hundred items.
_MAX_DELETED_AT_ONCE = 90
_SORT_KEY = re.compile(r"MSG#msg_[0-9A-Z]{52}")


class DynamoMessageRepository:
    def put(self, message: Message, *, in_place_of: str | None = None) -> None:
        """The row last: a message that was not stored whole is not in any list."""
        if in_place_of is None:
            put_parts(message).save()
        elif replaced := _find(message_key(message.conversation_id, in_place_of)):
            _put_in_place_of(replaced, message)

    def get(self, conversation_id: str, message_id: str) -> Message | None:
        row = _find_either(conversation_id, message_id)
        if row is None:
            return None
        (message,) = listed([row])
        return replace(whole(row), alternatives=message.alternatives) if message.is_beginning else message

    def get_beginning(self, conversation_id: str, message_id: str) -> Message | None:
        row = _find_either(conversation_id, message_id)
        if row is None:
            return None
        older = find_alternatives([row]).get(message_id, ())
        return replace(message_of(row), alternatives=tuple(map(message_of, older)))

    def get_exchange(
        self, conversation_id: str, user_message_id: str
    ) -> tuple[Message | None, Message | None]:
        start = Row.sk >= f"MSG#{user_message_id}"
        rows = list(Row.query(messages_key(conversation_id), start, consistent_read=True, limit=2))
        question = next((row for row in rows if message_id_of(row) == user_message_id), None)
        reply = next((row for row in rows if row.reply_to == user_message_id), None)
        return message_of(question) if question else None, message_of(reply) if reply else None

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
        items = listed(rows)
        if growing and cursor is None and growing.id not in [item.id for item in items[-1:]]:
            if len(items) == page.size:
                cursor = encode_cursor(rows[-1].sk)
            elif page.cursor or page.offset < total:
                items.append(growing)
        return Page(items=items, total=total, next_cursor=cursor)

    def recent(self, conversation_id: str, *, until: str, limit: int) -> Iterator[Message]:
        rows = Row.query(
            messages_key(conversation_id),
            Row.sk.between("MSG#", f"MSG#{until}"),
            consistent_read=True,
            scan_index_forward=False,
            limit=limit,
        )
        return (message_of(row) for row in rows)

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
            delete_parts(each.id)
        return True

    def discard(self, message: Message) -> None:
        Row(*message_key(message.conversation_id, message.id)).delete()
        Row(*alternative_key(message.conversation_id, message.id)).delete()
        delete_parts(message.id)


def _find(key: tuple[str, str]) -> Row | None:
    try:
        return Row.get(*key, consistent_read=True)
    except Row.DoesNotExist:
        return None


def _find_either(conversation_id: str, message_id: str) -> Row | None:
    """The message, or the alternative that it has become."""
    return _find(message_key(conversation_id, message_id)) or _find(
        alternative_key(conversation_id, message_id)
    )


def _put_in_place_of(replaced: Row, message: Message) -> None:
    row = put_parts(message)
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
