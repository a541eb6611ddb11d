"""A chat room as its front-end sees it: people, agents, what is said and what is told of it."""

from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from tests.e2e.client import Event, Person
from tests.e2e.sockets import RoomSocket, room_socket


@dataclass(frozen=True)
class Room:
    """As one of its people is in it. `agents` are the ids of its agents by name."""

    stack_url: str
    id: str
    person: Person
    agents: dict[str, str]

    def socket(self, **query: str) -> AbstractContextManager[RoomSocket]:
        person = {"token": self.person.token, "participant_type": "user"}
        return room_socket(self.stack_url, self.id, **person | query)

    def post(self, content: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Generator[Event]:
        """The events as they come. Closing the generator leaves the stream."""
        path, body = f"/api/chat-rooms/{self.id}/messages", {"content": content, **fields}
        return self.person.events("POST", path, json=body, headers=headers)

    def messages(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.person.data("GET", f"/api/chat-rooms/{self.id}/messages")["items"]
        return items

    def stop(self, message_id: str) -> Any:
        return self.person.data("POST", f"/api/chat-rooms/{self.id}/messages/{message_id}/stop")

    def said(self) -> list[tuple[str, str]]:
        return [(message["sender_name"], message["status"]) for message in self.messages()]


def open_room(stack_url: str, person: Person, *names: str, **fields: Any) -> Room:
    """With hosted agents of these names, which the demo plays."""
    agents = {
        name: person.data("POST", "/api/agents", json={"name": name, "tools": []})["id"] for name in names
    }
    body = {"name": "Harbour", "agent_ids": list(agents.values()), **fields}
    room = person.data("POST", "/api/chat-rooms", json=body)
    return Room(stack_url=stack_url, id=room["id"], person=person, agents=agents)


def texts_of(events: Iterable[Any]) -> dict[str, str]:
    """What each reply has said, by its message's id, as a client puts it together out of deltas."""
    texts: dict[tuple[str, int], str] = {}
    for event in events:
        if event.name == "process_step" and event.data["type"] == "text":
            step = event.data["message_id"], event.data["index"]
            texts[step] = texts.get(step, "")[: event.data["offset"]] + event.data["delta"]
    by_message: dict[str, str] = {}
    for (message_id, _), text in sorted(texts.items()):
        by_message[message_id] = by_message.get(message_id, "") + text
    return by_message


def outline_of(events: Iterable[Any]) -> list[str]:
    """The events in short, however the steps were cut: who speaks, who types, how it ended."""
    outline: list[str] = []
    for event in events:
        line = _line(event)
        if line != "process_step" or outline[-1:] != [line]:
            outline.append(line)
    return outline


def _line(event: Any) -> str:
    match event.name:
        case "message":
            return f"{event.data['sender_name']} speaks"
        case "typing":
            return "types" if event.data["is_typing"] else "typed"
        case "system":
            return str(event.data["type"])
        case name:
            return str(name)
