"""The conditional writes to a conversation, each tried once. With its long prompt it is one transaction."""

from typing import Any

from pynamodb.transactions import TransactWrite

from parley.domain.clock import now
from parley.domain.conversations import Conversation
from parley.tables.conversation_counts import count, count_in_project
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import alive, conversation_id_of, owner_of, touched
from parley.tables.conversation_rows import to_row
from parley.tables.item import assign, same
from parley.tables.system_prompts import named_prompt


def write_new(conversation: Conversation, prompt: Row | None) -> None:
    row = to_row(conversation)
    if prompt is not None:
        row.system_prompt, row.prompt_version = None, prompt.sk
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.save(row, Row.pk.does_not_exist())
        if prompt is not None:
            transaction.save(prompt)
        count(transaction, conversation.user_id, 1)
        count_in_project(transaction, conversation.user_id, conversation.project_id, 1)


def write_changes(row: Row, changes: dict[str, Any], prompt: Row | None) -> None:
    """Passes while the conversation is alive, in the project and with the prompt that it was read with.

    `prompt` is the item that a changed prompt needs.
    """
    item, project_id = Row(row.pk, row.sk), changes.get("project_id", row.project_id)
    if "system_prompt" in changes:
        short = changes["system_prompt"] if prompt is None else None
        changes = changes | {"system_prompt": short, "prompt_version": prompt and prompt.sk}
    actions = touched(conversation_id_of(row), project_id, now())
    actions += [assign(getattr(Row, name), value) for name, value in changes.items()]
    condition = alive() & same(Row.project_id, row.project_id) & same(Row.prompt_version, row.prompt_version)
    is_moved = project_id != row.project_id
    old_prompt = named_prompt(row) if "system_prompt" in changes else None
    if not is_moved and prompt is None and old_prompt is None:
        item.update(actions, condition)
        return
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.update(item, actions, condition)
        _replace_prompt(transaction, old_prompt, prompt)
        if is_moved:
            count_in_project(transaction, owner_of(row), row.project_id, -1)
            count_in_project(transaction, owner_of(row), project_id, 1)


def _replace_prompt(transaction: TransactWrite, old: Row | None, new: Row | None) -> None:
    """The same version may be there already: the answer to the write before was lost."""
    if new is not None:
        transaction.save(new)
    if old is not None and (new is None or new.sk != old.sk):
        transaction.delete(old)


def hide(row: Row) -> None:
    """Passes while the conversation is alive and still in the project that it was read in."""
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.update(
            Row(row.pk, row.sk),
            [Row.deleting.set(True), Row.updated_key.remove(), Row.project_key.remove()],
            alive() & same(Row.project_id, row.project_id),
        )
        count(transaction, owner_of(row), -1)
        count_in_project(transaction, owner_of(row), row.project_id, -1)
