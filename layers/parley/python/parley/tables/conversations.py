"""Conversations in DynamoDB: lists by update and by project, exact counters, removal with all messages."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from pynamodb.exceptions import TransactWriteError, UpdateError

from parley.domain.conversations import Conversation
from parley.domain.ids import CONVERSATION, is_id
from parley.domain.pages import Page, PageRequest
from parley.errors import ConversationNotFoundError, InvalidCursorError
from parley.tables.conflicts import despite_conflicts
from parley.tables.conversation_contents import delete_contents
from parley.tables.conversation_counts import total
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import (
    conversation_id_of,
    conversation_sort_key,
    owner_key,
    project_prefix,
)
from parley.tables.conversation_rows import from_row
from parley.tables.conversation_writes import hide, write_changes, write_new
from parley.tables.item import condition_failed
from parley.tables.queries import StartKey, query_page
from parley.tables.system_prompts import find_prompt, find_prompts, prompt_item

_UPDATED_KEY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#(conv_[0-9A-Z]{26})")
# How often a read or a write is tried again that met another write to the same conversation.
_TRIES = 5


class DynamoConversationRepository:
    def add(self, conversation: Conversation) -> None:
        prompt = prompt_item(conversation.id, conversation.system_prompt)
        despite_conflicts(lambda: write_new(conversation, prompt))

    def get(self, owner_id: str, conversation_id: str) -> Conversation:
        for _ in range(_TRIES):
            row = _find_alive(owner_id, conversation_id)
            with suppress(Row.DoesNotExist):
                return from_row(row, system_prompt=find_prompt(row))
        raise TimeoutError(f"the prompt of {conversation_id} changes too fast to be read")

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
        items = list(self._with_prompts(owner_id, rows))
        return Page(items=items, total=total(owner_id, project_id), next_cursor=cursor)

    def _with_prompts(self, owner_id: str, rows: list[Row]) -> Iterator[Conversation]:
        """One whose prompt has changed since its row was read is read anew, and is left out if it is gone."""
        prompts = find_prompts(rows)
        for row in rows:
            if not row.prompt_version:
                yield from_row(row, system_prompt=row.system_prompt)
            elif row.prompt_version in prompts:
                yield from_row(row, system_prompt=prompts[row.prompt_version])
            else:
                with suppress(ConversationNotFoundError):
                    yield self.get(owner_id, conversation_id_of(row))

    def change(self, owner_id: str, conversation_id: str, changes: dict[str, Any]) -> Conversation:
        prompt = prompt_item(conversation_id, changes.get("system_prompt"))
        for _ in range(_TRIES):
            row = _find_alive(owner_id, conversation_id)
            try:
                despite_conflicts(partial(write_changes, row, changes, prompt))
            except (UpdateError, TransactWriteError) as error:
                if not condition_failed(error):
                    raise
            else:
                return self.get(owner_id, conversation_id)
        raise ConversationNotFoundError

    def delete(self, owner_id: str, conversation_id: str) -> None:
        """First out of sight and out of the counters, then its messages, last itself: safe to repeat."""
        for _ in range(_TRIES):
            row = _find(owner_id, conversation_id)
            if row is None:
                raise ConversationNotFoundError
            if row.deleting or _begin_delete(row):
                delete_contents(conversation_id)
                row.delete()
                return
        raise ConversationNotFoundError


def _begin_delete(row: Row) -> bool:
    try:
        despite_conflicts(lambda: hide(row))
    except TransactWriteError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def _find_alive(owner_id: str, conversation_id: str) -> Row:
    row = _find(owner_id, conversation_id)
    if row is None or row.deleting:
        raise ConversationNotFoundError
    return row


def _find(owner_id: str, conversation_id: str) -> Row | None:
    if not is_id(CONVERSATION, conversation_id):
        return None
    try:
        return Row.get(owner_key(owner_id), conversation_sort_key(conversation_id), consistent_read=True)
    except Row.DoesNotExist:
        return None
