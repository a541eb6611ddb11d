"""Long system prompts, in items of their own: each reply writes its conversation's item several times.

That item names the version of its prompt. A version never changes; it is put by the transaction that names it
and removed by the one that names another: who does not find it reads the conversation anew.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ulid import ULID

from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import conversation_id_of

# What stays in the conversation's item, which with this and a lock fits into one write unit.
SHORT_BYTES = 400


def prompt_item(conversation_id: str, prompt: str | None) -> Row | None:
    """A new version of a long prompt, still to be put; None where there is no need for one."""
    if prompt is None or len(prompt.encode()) <= SHORT_BYTES:
        return None
    return Row(_partition(conversation_id), str(ULID()), system_prompt=prompt)


def named_prompt(row: Row) -> Row | None:
    """The key of the version that a conversation's row names, if it names one."""
    version = row.prompt_version
    return None if version is None else Row(_partition(conversation_id_of(row)), version)


def find_prompt(row: Row) -> str | None:
    """Of a conversation. Raises `Row.DoesNotExist` where it has changed, or gone, since the row was read."""
    named = named_prompt(row)
    if named is None:
        return row.system_prompt
    return Row.get(named.pk, named.sk, consistent_read=True).system_prompt


def find_prompts(rows: Iterable[Row]) -> dict[str, str]:
    """The long ones by their versions, as far as they are still there."""
    keys: list[Any] = [(named.pk, named.sk) for named in map(named_prompt, rows) if named]
    if not keys:
        return {}
    return {found.sk: found.system_prompt or "" for found in Row.batch_get(keys, consistent_read=True)}


def items_of_prompt(conversation_id: str) -> Iterator[Row]:
    """The keys of its items."""
    yield from Row.query(_partition(conversation_id), attributes_to_get=["pk", "sk"])


def _partition(conversation_id: str) -> str:
    return f"PROMPT#{conversation_id}"
