"""What the document says of all operations."""

from typing import Any

SUMMARY = "A serverless chat backend for people, agents and tools."

DESCRIPTION = """\
Every answer has an envelope: `{"success": true, "message", "data"}` or `{"success": false, "error", "code",
"type"}`. `code` is the HTTP status and `type` a stable word for programs; a 422 also has `details`, one entry
for each field that was refused. `message` and `error` are Chinese or English, as `Accept-Language` says
(Chinese where it says nothing).

**Logging in.** `POST /api/auth/register`, then `POST /api/auth/login`, whose `access_token` goes into the
header `Authorization: Bearer …` of everything else. What is somebody else's reads as not found.

**Lists** take `page` (from 1) and `page_size` (1–100). `next_cursor` of an answer, given as `cursor`, leads
to the next page at the same cost at any depth.

**Repeating a POST.** With an `Idempotency-Key` header, the same key and body within 24 hours gets the first
answer again, with `Idempotency-Replayed: true`; the same key with another body is a 409.

**Chat rooms over a socket.** `wss://…/ws/chat-room/{room_id}?token=…` takes an access token, or an external
agent's key, there or in the `Authorization` header. It tells `{"event", "data"}` and is told `{"action": …}`:
`send_message` (`content`, `mentions`, `client_id`), `typing` (`is_typing`), `history` (`before`, `limit`),
`stop` (`message_id`) and `ping`. With `after=` a message's id, what came since then comes first. Frames of
one client may be worked on side by side: whoever needs an order waits until a message has come back.

**Paths** work with and without a trailing slash. One that does not exist is a 404, a method that a path does
not have a 405 with `Allow`, both in the envelope. Bodies are JSON in UTF-8, whatever their media type says;
times are ISO 8601 in UTC; ids are opaque and sort by creation.
"""

ACCEPT_LANGUAGE: dict[str, Any] = {
    "name": "Accept-Language",
    "in": "header",
    "description": "`zh` (the default) or `en`, also with regions and weights, for what people read.",
    "schema": {"type": "string", "default": "zh"},
    "example": "en",
}
REPLAYED_HEADER: dict[str, Any] = {
    "description": "Only on the answer to a repeated `Idempotency-Key`: `true`.",
    "schema": {"type": "string", "const": "true"},
}
