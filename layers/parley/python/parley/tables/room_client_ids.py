"""What senders call their messages: for a day the same name means the same message.

ROOM#<id>  CLIENT#<sender>#<digest of the client id>  which message it became, with TTL
"""

from collections.abc import Callable
from hashlib import sha256

from pynamodb.exceptions import PutError

from parley.domain.room_messages import NewMessage
from parley.tables.item import condition_failed
from parley.tables.room_items import RoomTableItem as Row
from parley.tables.room_items import room_key

LIFETIME_SECONDS = 24 * 3600


class ClientIds:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def find(self, message: NewMessage) -> str | None:
        """The id of the message that it is, or is about to become."""
        try:
            row = Row.get(*_key(message), consistent_read=True)
        except Row.DoesNotExist:
            return None
        return row.message_id if int(row.expires_at_epoch or 0) > self._clock() else None

    def claim(self, message: NewMessage, message_id: str, *, instead_of: str | None) -> bool:
        """Passes where the name is free, has expired, or stands for the message that came to nothing."""
        free = (
            Row.pk.does_not_exist()
            | (Row.expires_at_epoch <= int(self._clock()))
            | Row.message_id.is_in(message_id, instead_of or message_id)
        )
        expires = int(self._clock()) + LIFETIME_SECONDS
        try:
            Row(*_key(message), message_id=message_id, expires_at_epoch=expires).save(free)
        except PutError as error:
            if not condition_failed(error):
                raise
            return False
        return True


def _key(message: NewMessage) -> tuple[str, str]:
    """A digest, because a key holds 1,024 bytes and a client id may be any text."""
    digest = sha256((message.client_id or "").encode()).hexdigest()
    return room_key(message.room_id), f"CLIENT#{message.sender.id}#{digest}"
