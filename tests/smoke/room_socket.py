"""A room's socket, at an address in either form: the edge's path, or API Gateway's query."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from websockets.sync.client import ClientConnection, connect

from tests.smoke.visitor import TIMEOUT_SECONDS, SmokeError


def socket_url(base_url: str, room_id: str, *, at_gateway: str | None = None) -> str:
    """`at_gateway` is the WebSocket API's own address, for a deployment without an edge."""
    if at_gateway is not None:
        return f"{at_gateway.rstrip('/')}?{urlencode({'room_id': room_id})}"
    parts = urlsplit(base_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit((scheme, parts.netloc, f"/ws/chat-room/{room_id}", "", ""))


class RoomSocket:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def send(self, **frame: Any) -> None:
        self._connection.send(json.dumps(frame))

    def until(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """What comes up to and with the next event of that name. Raises `SmokeError` where it does not."""
        seen: list[tuple[str, dict[str, Any]]] = []
        while True:
            try:
                frame = json.loads(self._connection.recv(timeout=TIMEOUT_SECONDS))
            except TimeoutError:
                names = [each for each, _ in seen]
                raise SmokeError(f"no {name!r} came over the socket, only {names}") from None
            seen.append((frame.get("event", ""), frame.get("data", {})))
            if seen[-1][0] == name:
                return seen


@contextmanager
def room_socket(url: str, *, token: str) -> Iterator[RoomSocket]:
    headers = {"Authorization": f"Bearer {token}"}
    with connect(url, additional_headers=headers, open_timeout=TIMEOUT_SECONDS, proxy=None) as connection:
        yield RoomSocket(connection)
