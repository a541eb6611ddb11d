"""What goes with a conversation: its messages with their parts and logs, and its long system prompt."""

from parley.domain.clock import from_iso
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import messages_key, part_key
from parley.tables.message_rows import message_id_of
from parley.tables.reply_logs import items_of_log, may_have_log
from parley.tables.system_prompts import items_of_prompt

_NEEDED_TO_DELETE = ["pk", "sk", "role", "created_at", "parts"]


def delete_contents(conversation_id: str) -> None:
    """Safe to repeat: a message goes behind all that it leads to."""
    with Row.batch_write() as batch:
        for row in Row.query(messages_key(conversation_id), attributes_to_get=_NEEDED_TO_DELETE):
            message_id = message_id_of(row)
            for number in range(1, int(row.parts or 0) + 1):
                batch.delete(Row(*part_key(message_id, number)))
            if row.role == "assistant" and may_have_log(from_iso(row.created_at or "")):
                for chunk in items_of_log(Row, message_id):
                    batch.delete(chunk)
            batch.delete(row)
        for prompt in items_of_prompt(conversation_id):
            batch.delete(prompt)
