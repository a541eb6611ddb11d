"""A room whose owner lets people in, with the sockets of all who are there."""

import uuid
from contextlib import ExitStack
from typing import Any

from tests.e2e.client import Person
from tests.e2e.sockets import RoomSocket, refused_status, room_socket
from tests.e2e.stack import RunningStack


class PeopledRoom:
    """Of `owner`, whose `members` are let in one by one."""

    def __init__(self, stack: RunningStack, owner: Person, **fields: Any) -> None:
        self.owner = owner
        self._url = stack.url
        self._sockets = ExitStack()
        self.id: str = owner.data("POST", "/api/chat-rooms", json={"name": "Harbour", **fields})["id"]
        self.path = f"/api/chat-rooms/{self.id}"

    def let_in(self, member: Person) -> Person:
        self.owner.data("POST", f"{self.path}/members", json={"username": member.username})
        return member

    def connect(self, token: str, *, headers: dict[str, str] | None = None, **query: str) -> RoomSocket:
        """Welcomed: its history has come."""
        socket = self._sockets.enter_context(
            room_socket(self._url, self.id, headers=headers, token=token, **query)
        )
        socket.wait_for("agents")
        return socket

    def refused(self, token: str | None = None, **query: str) -> int:
        return refused_status(self._url, self.id, **({"token": token} if token else {}), **query)

    def messages(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.owner.data("GET", f"{self.path}/messages?page_size=100")["items"]
        return items

    def close(self) -> None:
        self._sockets.close()


def me(person: Person) -> str:
    user_id: str = person.data("GET", "/api/auth/me")["id"]
    return user_id


def say(socket: RoomSocket, content: str) -> dict[str, Any]:
    """The message, once it has come back: what is sent before may be worked on beside it."""
    client_id = uuid.uuid4().hex
    socket.send("send_message", content=content, client_id=client_id)
    message: dict[str, Any] = socket.wait_for(
        "message", lambda message: message.get("client_id") == client_id
    )
    return message


def notices(socket: RoomSocket) -> list[tuple[str, str]]:
    return [(notice["type"], notice["participant_name"]) for notice in socket.named("system")]
