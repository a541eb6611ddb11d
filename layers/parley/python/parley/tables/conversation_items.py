"""The conversations table, for conversations; `messages` keeps what is said in them.

USER#<owner>  CONV#<id>            the conversation
USER#<owner>  COUNT                how many conversations the owner has
USER#<owner>  COUNT#<project>      how many of them in the project
PROMPT#<conversation id>  <version>  a long system prompt: see `system_prompts`
CONV#<id>     MSG#<message id>     a message, or the beginning of a long one
CONV#<id>     ALT#<message id>     a reply in whose place there is a newer one, or its beginning
PART#<message id>  <number>        a long message whole, in parts
LOG#<reply id>  <first event>      a chunk of a reply's log, with TTL: see `reply_logs`
"""

from datetime import datetime
from hashlib import sha256
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, LocalSecondaryIndex

from parley.domain.clock import to_iso
from parley.tables.item import assign
from parley.tables.log_items import LogItem


class _ByUpdate(LocalSecondaryIndex[Any]):
    """Newest first; a conversation that is being deleted has no `updated_key` and is not in it."""

    class Meta:
        index_name = "by_update"
        projection = AllProjection()  # of no effect: the topology says what is projected

    pk = UnicodeAttribute(hash_key=True)
    updated_key = UnicodeAttribute(range_key=True)


class _ByProject(LocalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_project"
        projection = AllProjection()

    pk = UnicodeAttribute(hash_key=True)
    project_key = UnicodeAttribute(range_key=True)


class ConversationTableItem(LogItem):
    """Any item of the table; each kind fills what it needs."""

    class Meta:
        table_name = "unbound"

    by_update = _ByUpdate()
    by_project = _ByProject()

    # A conversation.
    updated_key = UnicodeAttribute(null=True)
    project_key = UnicodeAttribute(null=True)
    project_id = UnicodeAttribute(null=True)
    title = UnicodeAttribute(null=True)
    model = UnicodeAttribute(null=True)
    system_prompt = UnicodeAttribute(null=True)
    prompt_version = UnicodeAttribute(null=True)
    temperature = NumberAttribute(null=True)
    max_tokens = NumberAttribute(null=True)
    thinking_enabled = BooleanAttribute(null=True)
    message_count = NumberAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute(null=True)
    deleting = BooleanAttribute(null=True)
    # Its running reply, while there is one.
    running_reply_id = UnicodeAttribute(null=True)
    running_user_message_id = UnicodeAttribute(null=True)
    running_since = UnicodeAttribute(null=True)
    running_replaces = UnicodeAttribute(null=True)
    lease_until_ms = NumberAttribute(null=True)
    # A counter.
    conversation_count = NumberAttribute(null=True)
    # A message, or a part of one.
    role = UnicodeAttribute(null=True)
    reply_to = UnicodeAttribute(null=True)
    has_alternatives = BooleanAttribute(null=True)
    status = UnicodeAttribute(null=True)
    token_count = NumberAttribute(null=True)
    prompt_tokens = NumberAttribute(null=True)
    completion_tokens = NumberAttribute(null=True)
    characters = NumberAttribute(null=True)


def owner_key(owner_id: str) -> str:
    return f"USER#{owner_id}"


def owner_of(row: ConversationTableItem) -> str:
    return row.pk.removeprefix("USER#")


def conversation_id_of(row: ConversationTableItem) -> str:
    return row.sk.removeprefix("CONV#")


def conversation_sort_key(conversation_id: str) -> str:
    return f"CONV#{conversation_id}"


def messages_key(conversation_id: str) -> str:
    return f"CONV#{conversation_id}"


def conversation_item(owner_id: str, conversation_id: str) -> ConversationTableItem:
    """The item's key alone, to update or delete."""
    return ConversationTableItem(owner_key(owner_id), conversation_sort_key(conversation_id))


def count_item(owner_id: str, project_id: str | None) -> ConversationTableItem:
    """The counter of all the owner's conversations, or of those in a project."""
    return ConversationTableItem(
        owner_key(owner_id), "COUNT" if project_id is None else f"COUNT#{project_prefix(project_id)}"
    )


def part_key(message_id: str, number: int) -> tuple[str, str]:
    """`number` counts from 1."""
    return f"PART#{message_id}", f"{number:04d}"


def project_prefix(project_id: str) -> str:
    """What all `project_key`s of a project begin with, and no other project's do.

    A digest, because a key holds 1,024 bytes and a project's id may hold any character.
    """
    return f"{sha256(project_id.encode()).hexdigest()[:32]}#"


def project_key(project_id: str | None, updated_key: str) -> str | None:
    return None if project_id is None else project_prefix(project_id) + updated_key


def alive() -> Condition:
    """The conversation exists and is not being deleted."""
    condition: Condition = ConversationTableItem.pk.exists() & ConversationTableItem.deleting.does_not_exist()
    return condition


def touched(conversation_id: str, project_id: str | None, at: datetime) -> list[Action]:
    """The conversation becomes the newest of its lists."""
    updated = f"{to_iso(at)}#{conversation_id}"
    return [
        ConversationTableItem.updated_at.set(to_iso(at)),
        ConversationTableItem.updated_key.set(updated),
        assign(ConversationTableItem.project_key, project_key(project_id, updated)),
    ]
