"""Events of the WebSocket API: a handshake, a connection that has ended, a frame that a client sent."""

import time
from typing import Any

from functions.room_socket.actions import SocketActions
from functions.room_socket.handshakes import ACCEPTED, Answer, shake_hands
from parley.bootstrap.rooms import (
    room_access,
    room_arrivals,
    room_attendance,
    room_connections,
    room_messages,
    room_posts,
    room_stops,
)
from parley.http.room_languages import localize
from parley.invocations import run_invocation
from parley.observability import begin_request, log

_arrivals = room_arrivals(localize)
_actions = SocketActions(
    connections=room_connections(),
    access=room_access(),
    attendance=room_attendance(localize),
    messages=room_messages(),
    posts=room_posts(localize),
    stops=room_stops(),
)


def handler(event: dict[str, Any], context: Any) -> Answer:
    started = time.perf_counter()
    gateway = event["requestContext"]
    begin_request(
        gateway["requestId"],
        function_request_id=getattr(context, "aws_request_id", None),
        connection_id=gateway["connectionId"],
    )
    answer = run_invocation(_answer(event))
    log(
        "socket",
        route=gateway["routeKey"],
        status=answer["statusCode"],
        duration_ms=round((time.perf_counter() - started) * 1000, 1),
    )
    return answer


async def _answer(event: dict[str, Any]) -> Answer:
    """Only what a handshake is answered reaches the client."""
    connection_id = event["requestContext"]["connectionId"]
    match event["requestContext"]["eventType"]:
        case "CONNECT":
            return await shake_hands(_arrivals, event)
        case "DISCONNECT":
            await _actions.leave(connection_id)
        case "MESSAGE":
            await _actions.perform(connection_id, event.get("body") or "")
    return ACCEPTED
