"""Bodies of a room's messages, whole or in parts: each writing of a message has parts of its own.

So whoever reads a message while it is replaced, or while two write it at once, never reads a mixture.
"""

import secrets
from dataclasses import dataclass

from parley.domain.room_messages import RoomMessage
from parley.tables.bodies import split_body
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_message_rows import encode_body, row_of


@dataclass(frozen=True, slots=True)
class Writing:
    """A row that is still to be put; its further parts are there."""

    row: Row

    def is_stored_as(self, found: Row | None) -> bool:
        """Whether it is what was found: the answer to an earlier try may have been lost."""
        return found is not None and found.body_id == self.row.body_id

    def discard(self) -> None:
        """It did not come to be stored."""
        for number in range(1, int(self.row.parts or 0) + 1):
            Row(*_part_key(self.row, number)).delete()


def begin_writing(place: int, message: RoomMessage) -> Writing:
    """Write all but the first part, which comes last: nobody finds a message that is not there whole."""
    first, *further = split_body(encode_body(message))
    row = row_of(place, message, body=first, body_id=secrets.token_hex(8), parts=len(further))
    for number, part in enumerate(further, start=1):
        Row(*_part_key(row, number), body=part).save()
    return Writing(row)


def further_parts(row: Row) -> bytes:
    if not row.parts:
        return b""
    partition, _ = _part_key(row, 1)
    parts = Row.query(partition, Row.sk.startswith(f"{row.body_id}#"), consistent_read=True)
    return b"".join(part.body or b"" for part in parts)


def _part_key(row: Row, number: int) -> tuple[str, str]:
    """`number` counts the parts behind the first, from 1."""
    return f"PART#{row.message_id}", f"{row.body_id}#{number:04d}"
