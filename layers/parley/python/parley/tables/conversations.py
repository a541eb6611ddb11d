"""Conversations in DynamoDB: lists by update and by project, exact counters, removal with all messages."""

import re
from functools import partial
from typing import Any

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from parley.domain.clock import from_iso, now
from parley.domain.conversations import Conversation
from parley.domain.ids import CONVERSATION, is_id
from parley.domain.pages import Page, PageRequest
from parley.errors import ConversationNotFoundError, InvalidCursorError
from parley.tables.conflicts import despite_conflicts
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import (
    alive,
    conversation_item,
    conversation_sort_key,
    count_item,
    from_row,
    messages_key,
    owner_key,
    part_key,
    project_prefix,
    to_row,
    touched,
)
from parley.tables.item import assign, condition_failed, same
from parley.tables.message_rows import message_id_of
from parley.tables.queries import StartKey, query_page
from parley.tables.reply_logs import items_of_log, may_have_log

_UPDATED_KEY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#(conv_[0-9A-Z]{26})")
_NEEDED_TO_DELETE = ["pk", "sk", "role", "created_at", "parts"]
# How often a write is tried again that met another write to the same conversation.
_TRIES = 5


class DynamoConversationRepository:
    def add(self, conversation: Conversation) -> None:
        despite_conflicts(lambda: self._add(conversation))

    def _add(self, conversation: Conversation) -> None:
        with TransactWrite(connection=Row.connection()) as transaction:
            transaction.save(to_row(conversation), Row.pk.does_not_exist())
            _count(transaction, conversation.user_id, None, 1)
            _count_in_project(transaction, conversation.user_id, conversation.project_id, 1)

    def get(self, owner_id: str, conversation_id: str) -> Conversation:
        row = _find(owner_id, conversation_id)
        if row is None or row.deleting:
            raise ConversationNotFoundError
        return from_row(row)

    def list_page(self, owner_id: str, *, project_id: str | None, page: PageRequest) -> Page[Conversation]:
        """Newest first. A page number reads all pages up to it, a cursor only its own."""
        prefix = "" if project_id is None else project_prefix(project_id)
        index = Row.by_update if project_id is None else Row.by_project
        sort_key = "updated_key" if project_id is None else "project_key"

        def start_key(text: str) -> StartKey:
            match = _UPDATED_KEY.fullmatch(text.removeprefix(prefix))
            if match is None or not text.startswith(prefix):
                raise InvalidCursorError
            return {
                "pk": {"S": owner_key(owner_id)},
                "sk": {"S": conversation_sort_key(match[1])},
                sort_key: {"S": text},
            }

        rows: list[Row]
        rows, cursor = query_page(
            index.query,
            owner_key(owner_id),
            Row.project_key.startswith(prefix) if prefix else None,
            page=page,
            newest_first=True,
            start_key=start_key,
            cursor_of=lambda row: getattr(row, sort_key),
        )
        total = _total(owner_id, project_id)
        return Page(items=[from_row(row) for row in rows], total=total, next_cursor=cursor)

    def change(self, owner_id: str, conversation_id: str, changes: dict[str, Any]) -> Conversation:
        for _ in range(_TRIES):
            conversation = self.get(owner_id, conversation_id)
            try:
                return despite_conflicts(partial(self._change, conversation, changes))
            except (UpdateError, TransactWriteError) as error:
                if not condition_failed(error):
                    raise
        raise ConversationNotFoundError

    def _change(self, conversation: Conversation, changes: dict[str, Any]) -> Conversation:
        """Passes while the conversation is alive and still in the project that it was read in."""
        item = conversation_item(conversation.user_id, conversation.id)
        project_id = changes.get("project_id", conversation.project_id)
        actions = touched(conversation.id, project_id, now())
        actions += [assign(getattr(Row, name), value) for name, value in changes.items()]
        condition = alive() & same(Row.project_id, conversation.project_id)
        if project_id == conversation.project_id:
            item.update(actions, condition)
            return from_row(item)
        with TransactWrite(connection=Row.connection()) as transaction:
            transaction.update(item, actions, condition)
            _count_in_project(transaction, conversation.user_id, conversation.project_id, -1)
            _count_in_project(transaction, conversation.user_id, project_id, 1)
        return self.get(conversation.user_id, conversation.id)

    def delete(self, owner_id: str, conversation_id: str) -> None:
        """First out of sight and out of the counters, then its messages, last itself: safe to repeat."""
        for _ in range(_TRIES):
            row = _find(owner_id, conversation_id)
            if row is None:
                raise ConversationNotFoundError
            if row.deleting or self._begin_delete(from_row(row)):
                _delete_messages(conversation_id)
                row.delete()
                return
        raise ConversationNotFoundError

    def _begin_delete(self, conversation: Conversation) -> bool:
        try:
            despite_conflicts(lambda: self._hide(conversation))
        except TransactWriteError as error:
            if not condition_failed(error):
                raise
            return False
        return True

    def _hide(self, conversation: Conversation) -> None:
        """Passes while the conversation is alive and still in the project that it was read in."""
        with TransactWrite(connection=Row.connection()) as transaction:
            transaction.update(
                conversation_item(conversation.user_id, conversation.id),
                [Row.deleting.set(True), Row.updated_key.remove(), Row.project_key.remove()],
                alive() & same(Row.project_id, conversation.project_id),
            )
            _count(transaction, conversation.user_id, None, -1)
            _count_in_project(transaction, conversation.user_id, conversation.project_id, -1)


def _find(owner_id: str, conversation_id: str) -> Row | None:
    if not is_id(CONVERSATION, conversation_id):
        return None
    try:
        return Row.get(owner_key(owner_id), conversation_sort_key(conversation_id), consistent_read=True)
    except Row.DoesNotExist:
        return None


def _count(transaction: TransactWrite, owner_id: str, project_id: str | None, by: int) -> None:
    transaction.update(count_item(owner_id, project_id), [Row.conversation_count.add(by)])


def _count_in_project(transaction: TransactWrite, owner_id: str, project_id: str | None, by: int) -> None:
    if project_id is not None:
        _count(transaction, owner_id, project_id, by)


def _total(owner_id: str, project_id: str | None) -> int:
    counter = count_item(owner_id, project_id)
    try:
        counter.refresh(consistent_read=True)
    except Row.DoesNotExist:
        return 0
    return int(counter.conversation_count or 0)


def _delete_messages(conversation_id: str) -> None:
    with Row.batch_write() as batch:
        for row in Row.query(messages_key(conversation_id), attributes_to_get=_NEEDED_TO_DELETE):
            message_id = message_id_of(row)
            for number in range(1, int(row.parts or 0) + 1):
                batch.delete(Row(*part_key(message_id, number)))
            if row.role == "assistant" and may_have_log(from_iso(row.created_at or "")):
                for chunk in items_of_log(Row, message_id):
                    batch.delete(chunk)
            batch.delete(row)
