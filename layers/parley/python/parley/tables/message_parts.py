"""What of long messages lies behind their rows: put before these, and read where they are shown whole."""

from dataclasses import replace

from parley.domain.long_messages import LONG_CHARACTERS, beginning_of, characters_of, listed_whole
from parley.domain.messages import Message
from parley.tables.alternatives import find_alternatives
from parley.tables.bodies import split_body
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import part_key
from parley.tables.message_rows import encode_body, message_id_of, message_of, row_of


def put_parts(message: Message) -> Row:
    """The row, which is still to be put."""
    characters = characters_of(message)
    if characters <= LONG_CHARACTERS:
        return row_of(message)
    parts = split_body(encode_body(message))
    for number, part in enumerate(parts, start=1):
        Row(*part_key(message.id, number), body=part).save()
    return row_of(beginning_of(message), parts=len(parts), characters=characters)


def listed(rows: list[Row]) -> list[Message]:
    """In their order with their alternatives, which are whole only where the messages leave room for it.

    What is not shown whole costs no further read.
    """
    older = find_alternatives(rows)
    shown = [*rows, *(row for each in older.values() for row in each)]
    are_whole = listed_whole(int(row.characters or 0) for row in shown)
    messages = {
        row.sk: whole(row) if is_whole else message_of(row)
        for row, is_whole in zip(shown, are_whole, strict=True)
    }
    return [
        replace(
            messages[row.sk],
            alternatives=tuple(messages[each.sk] for each in older.get(message_id_of(row), ())),
        )
        for row in rows
    ]


def whole(row: Row) -> Message:
    if not row.parts:
        return message_of(row)
    partition, last = part_key(message_id_of(row), int(row.parts))
    # A longer message of the same id may have left parts behind these.
    parts = Row.query(partition, Row.sk <= last, consistent_read=True)
    return message_of(row, b"".join(part.body or b"" for part in parts))


def delete_parts(message_id: str) -> None:
    with Row.batch_write() as batch:
        for part in Row.query(f"PART#{message_id}", attributes_to_get=["pk", "sk"]):
            batch.delete(part)
