"""Which URLs of a WebSocket lead to the WebSocket API.

API Gateway itself serves `/{stage}` only and answers 403 to every path behind it. The edge makes
`/ws/chat-room/{room_id}` of that, and `/ws`, by the same rule as here:

- The path's room id, percent-decoded once, is the query string's `room_id`, encoded for a query string. It
  stands last, and a `room_id` that the query had is dropped: the path's wins.
- The other parameters stay as they are and in their order. A trailing slash changes nothing.
- A room id that is empty, has a slash behind it that is not the last character, or is no UTF-8 is no room's.
"""

import re
from urllib.parse import quote, unquote, unquote_plus

from infra.local.plan import STAGE

_OWN_PATHS = frozenset({"", "/ws", f"/{STAGE}"})
_ROOM_PATH = re.compile(r"/ws/chat-room/([^/]+)/?")


def socket_query(path: str, query: str) -> str | None:
    """The query string that the WebSocket API gets, or None where it is not reached. All percent-encoded."""
    if path.removesuffix("/") in _OWN_PATHS:
        return query
    match = _ROOM_PATH.fullmatch(path)
    if match is None:
        return None
    try:
        room_id = unquote(match[1], errors="strict")
    except UnicodeDecodeError:
        return None
    others = [pair for pair in query.split("&") if pair and not _names_room(pair)]
    return "&".join([*others, f"room_id={quote(room_id, safe='')}"])


def _names_room(pair: str) -> bool:
    return unquote_plus(pair.partition("=")[0]) == "room_id"
