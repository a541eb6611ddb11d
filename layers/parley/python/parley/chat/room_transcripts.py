"""Reading what was said in a room: page by page from its end, or on from a message."""

from dataclasses import dataclass, field

from parley.chat.room_access import RoomAccess
from parley.domain.pages import Page, PageRequest
from parley.domain.room_messages import RoomMessage, RoomMessageRepository
from parley.domain.room_places import place_of
from parley.errors import InvalidCursorError, MessageNotFoundError

_AFTER, _BEFORE = "after-", "before-"
# How many messages are read at once on the way to a page by its number.
_STEP = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomStretch:
    """Which messages: those right behind the id `after`, else right before the id `before`, else a page.

    Pages count from the end of the room. A cursor, where given, takes the place of all of that.
    """

    page: PageRequest = field(default_factory=PageRequest)
    after: str | None = None
    before: str | None = None


class RoomTranscript:
    """All calls block and name the user. They raise `RoomNotFoundError` for whoever is not in the room."""

    def __init__(self, *, access: RoomAccess, messages: RoomMessageRepository) -> None:
        self._access = access
        self._messages = messages

    def get(self, user_id: str, room_id: str, message_id: str) -> RoomMessage:
        """Raises `MessageNotFoundError`."""
        self._access.readable(user_id, room_id)
        message = self._messages.get(room_id, message_id)
        if message is None:
            raise MessageNotFoundError
        return message

    def list_page(self, user_id: str, room_id: str, stretch: RoomStretch) -> Page[RoomMessage]:
        """Oldest first within the page. The next one goes on in the same direction.

        Raises `InvalidCursorError`.
        """
        self._access.readable(user_id, room_id)
        total = self._messages.count(room_id)
        after, before = _ends(room_id, stretch)
        size = stretch.page.size
        if after is not None:
            found = self._messages.since(room_id, after=after, limit=size + 1)
            items = found[:size]
            cursor = _AFTER + items[-1].id if len(found) > size else None
            return Page(items=items, total=total, next_cursor=cursor)
        if before is None and stretch.page.offset >= total:
            return Page(items=[], total=total)
        skipped = 0 if before is not None else stretch.page.offset
        found = self._before(room_id, before, skipped=skipped, limit=size + 1)
        items = found[-size:]
        cursor = _BEFORE + items[0].id if len(found) > size else None
        return Page(items=items, total=total, next_cursor=cursor)

    def _before(self, room_id: str, before: str | None, *, skipped: int, limit: int) -> list[RoomMessage]:
        """The last `limit` messages before so many others; few of those are held at a time."""
        while skipped:
            passed = self._messages.newest(room_id, limit=min(skipped, _STEP), before=before)
            if not passed:
                return []
            before, skipped = passed[0].id, skipped - len(passed)
        return self._messages.newest(room_id, limit=limit, before=before)


def _ends(room_id: str, stretch: RoomStretch) -> tuple[str | None, str | None]:
    """The message behind which, or before which, the wanted ones are."""
    cursor = stretch.page.cursor
    if cursor is None:
        return stretch.after, None if stretch.after else stretch.before
    for direction in (_AFTER, _BEFORE):
        if cursor.startswith(direction) and place_of(room_id, cursor.removeprefix(direction)):
            message_id = cursor.removeprefix(direction)
            return (message_id, None) if direction == _AFTER else (None, message_id)
    raise InvalidCursorError
