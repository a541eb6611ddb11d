"""Pages of a list in memory."""

from collections.abc import Callable

from parley.domain.pages import PageRequest
from parley.errors import InvalidCursorError


def slice_page[Item](
    listed: list[Item], page: PageRequest, prefix: str, key_of: Callable[[Item], str], *, newest_first: bool
) -> tuple[list[Item], str | None]:
    """A cursor is a place, not an item: it holds when its item has moved or gone."""
    if page.cursor:
        if not page.cursor.startswith(prefix):
            raise InvalidCursorError
        place = page.cursor.removeprefix(prefix)
        listed = [item for item in listed if (key_of(item) < place if newest_first else key_of(item) > place)]
    items = listed[page.offset : page.offset + page.size]
    more = page.offset + page.size < len(listed)
    return items, prefix + key_of(items[-1]) if items and more else None
