"""A client's view of a room's WebSocket, for tests: everything that it was sent, in order, and when."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

_PATIENCE_SECONDS = 20

type Condition = Callable[[Any], bool]


@dataclass(frozen=True)
class SocketEvent:
    """`at` is the monotonic time of its arrival."""

    name: str
    data: Any
    at: float


def room_url(stack_url: str, room_id: str, **query: str) -> str:
    """`query` as in the contract: token, participant_type, participant_id, participant_name, after."""
    path = f"/ws/chat-room/{quote(room_id, safe='')}"
    return f"ws://{urlsplit(stack_url).netloc}{path}?{urlencode(query)}"


def refused_status(stack_url: str, room_id: str, **query: str) -> int:
    """The status with which the handshake is refused; fails if it is not."""
    with pytest.raises(InvalidStatus) as caught:
        connect(room_url(stack_url, room_id, **query), proxy=None).close()
    return caught.value.response.status_code


class RoomSocket:
    """Reads all the time into `events`, through which `wait_for` goes once, from the beginning."""

    def __init__(self, connection: ClientConnection) -> None:
        self.events: list[SocketEvent] = []
        self._connection = connection
        self._position = 0
        self._news = threading.Condition()
        self._is_over = False
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def send(self, action: str, **fields: Any) -> None:
        self.send_text(json.dumps({"action": action, **fields}))

    def send_text(self, text: str) -> None:
        """Also what is no action, or no JSON."""
        self._connection.send(text)

    def wait_for(
        self, name: str, condition: Condition = lambda _: True, *, seconds: float = _PATIENCE_SECONDS
    ) -> Any:
        """The data of the next event of that name that meets the condition; passes over what came before it.

        Raises `AssertionError` with all that has come since the last one if it does not come in time.
        """
        return self.collect_until(name, condition, seconds=seconds)[-1].data

    def collect_until(
        self, name: str, condition: Condition = lambda _: True, *, seconds: float = _PATIENCE_SECONDS
    ) -> list[SocketEvent]:
        """As `wait_for`, with what came before it."""
        begin = looked_at = self._position
        deadline = time.monotonic() + seconds
        with self._news:
            while True:
                for event in self.events[looked_at:]:
                    looked_at += 1
                    if event.name == name and condition(event.data):
                        self._position = looked_at
                        return self.events[begin:looked_at]
                left = deadline - time.monotonic()
                if self._is_over or left <= 0:
                    raise AssertionError(f"no such {name}, but {self.events[begin:]}")
                self._news.wait(left)

    def named(self, name: str) -> list[Any]:
        """The data of all events of that name so far."""
        return [event.data for event in self.events if event.name == name]

    def close(self) -> None:
        self._connection.close()

    def drop(self) -> None:
        """Ends it as a lost network does, without a close frame."""
        self._connection.socket.shutdown(socket.SHUT_RDWR)

    def closed(self, *, seconds: float = _PATIENCE_SECONDS) -> tuple[int, str]:
        """Code and reason with which it was closed; waits for that."""
        self._reading.join(seconds)
        assert not self._reading.is_alive(), "it is still open"
        return self._connection.close_code or 1006, self._connection.close_reason or ""

    def _read(self) -> None:
        try:
            for message in self._connection:
                frame = json.loads(message)
                # What API Gateway itself says has another form.
                name, data = frame.get("event", "gateway"), frame.get("data", frame)
                with self._news:
                    self.events.append(SocketEvent(name, data, time.monotonic()))
                    self._news.notify_all()
        except ConnectionClosed:
            pass  # `closed` tells of it
        finally:
            with self._news:
                self._is_over = True
                self._news.notify_all()


@contextmanager
def room_socket(
    stack_url: str, room_id: str, *, headers: dict[str, str] | None = None, **query: str
) -> Iterator[RoomSocket]:
    """An open one. Raises `InvalidStatus` where the handshake is refused."""
    url = room_url(stack_url, room_id, **query)
    with connect(url, additional_headers=headers, proxy=None, max_size=None) as connection:
        yield RoomSocket(connection)
