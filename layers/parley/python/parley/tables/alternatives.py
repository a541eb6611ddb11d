"""Replies in whose place there is a newer one: items beside those of the messages, in the same partition.

A reply with alternatives says so, and what it answers: they lie between the two, since each newer reply has a
later id. Who asks for a page of messages therefore finds all of its alternatives in one stretch.
"""

from collections.abc import Iterable, Sequence

from pynamodb.exceptions import DeleteError
from pynamodb.transactions import TransactWrite

from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.item import condition_failed
from parley.tables.message_rows import alternative_key, message_id_of


def find_alternatives(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Of messages in their order: those of each, by its id, oldest first. No read where none has any."""
    having = [row for row in rows if row.has_alternatives]
    if not having:
        return {}
    stretch = Row.sk.between(f"ALT#{having[0].reply_to}", f"ALT#{message_id_of(having[-1])}")
    found: dict[str | None, list[Row]] = {}
    for row in Row.query(having[0].pk, stretch, consistent_read=True):
        found.setdefault(row.reply_to, []).append(row)
    return {message_id_of(row): _older(row, found.get(row.reply_to, ())) for row in having}


def _older(reply: Row, rows: Iterable[Row]) -> list[Row]:
    """It may have become one of them itself since it was read."""
    return [row for row in rows if message_id_of(row) < message_id_of(reply)]


def put_in_place_of(replaced: Row, row: Row) -> None:
    """Passes while the other is in its place. Parts of long bodies stay where they are."""
    kept = Row(**{**replaced.attribute_values, "sk": f"ALT#{message_id_of(replaced)}"})
    kept.has_alternatives = None
    row.has_alternatives = True
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.save(row)
        transaction.delete(Row(replaced.pk, replaced.sk), Row.pk.exists())
        transaction.save(kept)


def delete_alternative(conversation_id: str, message_id: str) -> bool:
    """False where there is none of that id."""
    try:
        Row(*alternative_key(conversation_id, message_id)).delete(Row.pk.exists())
    except DeleteError as error:
        if not condition_failed(error):
            raise
        return False
    return True
