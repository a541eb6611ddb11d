"""A room's sockets as far as functions notice: events out of `tests/events`, and clients in memory."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

from infra.topology import SOCKET_ROUTES
from tests.fakes.sockets import Client, InMemorySockets
from tests.functions.gateway import LambdaContext

_EVENTS = Path(__file__).parents[1] / "events"
_ROUTES = {route.key: route.function for route in SOCKET_ROUTES}
_numbers = count(1)

type Answer = dict[str, Any]


def socket_event(name: str, connection_id: str, **context: Any) -> dict[str, Any]:
    event: dict[str, Any] = deepcopy(json.loads((_EVENTS / f"socket_{name}.json").read_text()))
    event["requestContext"] |= {"connectionId": connection_id, **context}
    return event


def invoke(event: dict[str, Any]) -> Answer:
    assert set(_ROUTES.values()) == {"room_socket"}
    from functions.room_socket.handler import handler

    return handler(event, LambdaContext())


class Socket:
    """A connection, whose handshake may have been refused."""

    def __init__(self, sockets: InMemorySockets) -> None:
        self.id = f"connection-{next(_numbers)}="
        self.client: Client = sockets.connect(self.id)
        self.answer: Answer = {}

    def open(self, query: dict[str, str], headers: dict[str, str]) -> Answer:
        event = socket_event("connect", self.id, connectedAt=int(time.time() * 1000))
        event["queryStringParameters"] = query or None
        event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()} or None
        event["headers"] |= headers
        event["multiValueHeaders"] |= {name: [value] for name, value in headers.items()}
        self.answer = invoke(event)
        return self.answer

    @property
    def status(self) -> int:
        return int(self.answer["statusCode"])

    @property
    def envelope(self) -> dict[str, Any]:
        envelope: dict[str, Any] = json.loads(self.answer["body"])
        return envelope

    def send(self, frame: Any) -> Answer:
        """A text is sent as it stands; the route is the one that API Gateway would select."""
        action = frame.get("action") if isinstance(frame, dict) else None
        is_known = isinstance(action, str) and action in _ROUTES and not action.startswith("$")
        body = frame if isinstance(frame, str) else json.dumps(frame)
        return invoke(
            {**socket_event("message", self.id, routeKey=action if is_known else "$default"), "body": body}
        )

    def act(self, action: str, **fields: Any) -> list[tuple[str, Any]]:
        """What this client alone, or with all, has been told by that."""
        before = len(self.client.frames)
        assert self.send({"action": action, **fields})["statusCode"] == 200
        return self.client.told[before:]

    def disconnect(self) -> None:
        self.client.is_gone = True
        assert invoke(socket_event("disconnect", self.id))["statusCode"] == 200


def only(events: list[tuple[str, Any]], name: str) -> Any:
    """The data of the one event that there is, of that name."""
    assert [event[0] for event in events] == [name]
    return events[0][1]


@contextmanager
def sockets_in_memory(monkeypatch: Any) -> Iterator[InMemorySockets]:
    """In the place of API Gateway's management API, for all functions."""
    from parley.gateways.socket_posts import ApiGatewaySockets

    sockets = InMemorySockets(seconds=0)
    monkeypatch.setattr(ApiGatewaySockets, "post", lambda _, *arguments: sockets.post(*arguments))
    monkeypatch.setattr(ApiGatewaySockets, "close", lambda _, *arguments: sockets.close(*arguments))
    yield sockets
