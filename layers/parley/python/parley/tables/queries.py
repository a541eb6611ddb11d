"""One way to read a page of a query, by number or by cursor."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from pynamodb.expressions.condition import Condition

from parley.domain.pages import PageRequest
from parley.tables.cursors import decode_cursor, encode_cursor

type StartKey = dict[str, dict[str, Any]]


def query_page[Row](
    query: Callable[..., Any],
    partition_key: str,
    condition: Condition | None,
    *,
    page: PageRequest,
    newest_first: bool,
    start_key: Callable[[str], StartKey],
    cursor_of: Callable[[Row], str],
) -> tuple[list[Row], str | None]:
    """The rows of the page, and the cursor of the next one if there is one.

    A cursor costs what its page costs; a page number also what lies before it. `start_key` turns a cursor's
    text into the key to start behind, and raises `InvalidCursorError` for one that this list never gave out.
    """
    rows: list[Row] = list(
        islice(
            query(
                partition_key,
                condition,
                consistent_read=True,
                scan_index_forward=not newest_first,
                limit=page.offset + page.size + 1,
                last_evaluated_key=start_key(decode_cursor(page.cursor)) if page.cursor else None,
            ),
            page.offset,
            None,
        )
    )
    more = len(rows) > page.size
    rows = rows[: page.size]
    return rows, encode_cursor(cursor_of(rows[-1])) if more else None
