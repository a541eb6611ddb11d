"""Rooms over real sockets: who gets in, who hears what, who is seen to come and go."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from parley.domain.messages import MAX_CONTENT_CHARACTERS
from tests.e2e.client import Person, eventually
from tests.e2e.sockets import RoomSocket, refused_status, room_socket
from tests.e2e.stack import RunningStack


class Room:
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


@pytest.fixture
def room(stack: RunningStack, person: Person) -> Iterator[Room]:
    room = Room(stack, person)
    yield room
    room.close()


@pytest.fixture
def member(room: Room, http: httpx.Client) -> Person:
    return room.let_in(Person.register(http))


@pytest.fixture
def scout(room: Room) -> dict[str, Any]:
    """An external agent in the room, with its key."""
    agent = room.owner.data("POST", "/api/agents", json={"name": "Scout", "kind": "external"})
    room.owner.data("POST", f"{room.path}/agents", json={"agent_id": agent["id"]})
    return {**agent, "key": room.owner.data("POST", f"/api/agents/{agent['id']}/key")["key"]}


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


def test_a_connection_is_told_who_and_what_is_here_before_anything_else(
    room: Room, member: Person, scout: dict[str, Any]
) -> None:
    first = room.connect(room.owner.token, participant_name="Captain")
    say(first, "before")
    second = room.connect(member.token)
    assert [event.name for event in second.events[:3]] == ["connected", "history", "agents"]
    connected, history, agents = (event.data for event in second.events[:3])
    assert (connected["room_id"], connected["type"]) == (room.id, "user")
    assert connected["participant_id"] == me(member)
    present = {(each["type"], each["name"]) for each in connected["participants"]}
    assert present == {("user", "Captain"), ("user", member.username)}
    assert [message["content"] for message in history["messages"]] == ["before"]
    assert history["messages"] == room.messages()
    assert [agent["name"] for agent in agents["agents"]] == ["Scout"]


def test_what_is_said_reaches_all_tabs_of_all_in_the_order_that_is_stored(
    room: Room, member: Person, scout: dict[str, Any]
) -> None:
    sockets = [room.connect(room.owner.token) for _ in range(2)]
    sockets += [room.connect(member.token), room.connect(scout["key"])]
    speakers = [sockets[0], sockets[2], sockets[3]]

    def speak(socket: RoomSocket, name: str) -> None:
        for number in range(5):
            say(socket, f"{name}{number}")

    threads = [threading.Thread(target=speak, args=each) for each in zip(speakers, "abc", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for socket in sockets:
        eventually(lambda socket=socket: len(socket.named("message")) == 15)
    stored = room.messages()
    assert [socket.named("message") for socket in sockets] == [stored] * 4
    for name in "abc":
        said = [message["content"] for message in stored if message["content"].startswith(name)]
        assert said == [f"{name}{number}" for number in range(5)]
    senders = {(message["sender_type"], message["sender_name"]) for message in stored}
    assert senders == {("user", room.owner.username), ("user", member.username), ("agent", "Scout")}


def test_strangers_and_impostors_are_refused_at_the_handshake(
    room: Room, member: Person, scout: dict[str, Any], http: httpx.Client, stack: RunningStack
) -> None:
    stranger = Person.register(http)
    assert room.refused() == 401
    assert room.refused(participant_id=me(room.owner)) == 401
    assert room.refused("no token") == 401
    assert room.refused("pak_nonsense") == 401
    assert room.refused(stranger.token) == 403
    assert refused_status(stack.url, "room_01ARZ3NDEKTSV4RRFFQ69G5FAV", token=room.owner.token) == 403
    assert room.refused(member.token, participant_id=me(room.owner)) == 401
    assert room.refused(member.token, participant_type="agent", participant_id=scout["id"]) == 401
    assert room.refused(scout["key"], participant_type="user") == 401
    other = room.owner.data("POST", "/api/agents", json={"name": "Other", "kind": "external"})
    outside = room.owner.data("POST", f"/api/agents/{other['id']}/key")["key"]
    assert room.refused(outside) == 403
    room.owner.data("POST", "/api/auth/logout")
    assert room.refused(room.owner.token) == 401


def test_the_token_may_come_in_a_header(room: Room, stack: RunningStack) -> None:
    with room_socket(stack.url, room.id, headers=room.owner.headers) as socket:
        assert socket.wait_for("connected")["participant_id"] == me(room.owner)


def test_a_participant_is_announced_once_whatever_the_number_of_tabs(room: Room, member: Person) -> None:
    watcher = room.connect(room.owner.token)
    tabs = [room.connect(member.token) for _ in range(3)]
    assert watcher.wait_for("system")["type"] == "user_join"
    for tab in tabs[:2]:
        tab.close()
    tabs[2].send("ping")
    tabs[2].wait_for("pong")
    assert notices(watcher) == [("user_join", member.username)]
    tabs[2].drop()
    watcher.wait_for("system", lambda notice: notice["type"] == "user_leave")
    assert notices(watcher) == [("user_join", member.username), ("user_leave", member.username)]
    assert tabs[0].named("system") == []


def test_an_external_agent_comes_speaks_and_goes_and_its_old_key_opens_nothing(
    room: Room, scout: dict[str, Any]
) -> None:
    watcher = room.connect(room.owner.token, headers={"Accept-Language": "en"})
    socket = room.connect(scout["key"], participant_type="agent", participant_id=scout["id"])
    assert watcher.wait_for("system")["content"] == "Scout has joined the room."
    watcher.send("send_message", content="@Scout who are you?")
    assert socket.wait_for("message")["content"] == "@Scout who are you?"
    socket.send("typing", is_typing=True)
    assert watcher.wait_for("typing") == {"agent_id": scout["id"], "is_typing": True}
    socket.send("send_message", content="A scout.")
    said = watcher.wait_for("message", lambda message: message["sender_type"] == "agent")
    assert (said["sender_id"], said["sender_name"], said["content"]) == (scout["id"], "Scout", "A scout.")
    new_key = room.owner.data("POST", f"/api/agents/{scout['id']}/key")["key"]
    assert room.refused(scout["key"]) == 401
    socket.close()
    assert watcher.wait_for("system")["type"] == "agent_leave"
    assert room.connect(new_key).named("connected")[0]["participant_id"] == scout["id"]


def test_typing_is_seen_by_the_others_alone(room: Room, member: Person) -> None:
    own, other = room.connect(room.owner.token), room.connect(member.token)
    for is_typing in (True, False):
        own.send("typing", is_typing=is_typing)
        assert other.wait_for("typing") == {"user_id": me(room.owner), "is_typing": is_typing}
    own.send("ping")
    own.wait_for("pong")
    assert own.named("typing") == []


def test_a_client_that_was_away_gets_what_it_missed_and_nothing_twice(room: Room, member: Person) -> None:
    speaker, listener = room.connect(room.owner.token), room.connect(member.token)
    known = say(speaker, "one")["id"]
    assert listener.wait_for("message")["id"] == known
    listener.drop()
    for content in ("two", "three"):
        say(speaker, content)
    back = room.connect(member.token, after=known)
    say(speaker, "four")
    back.wait_for("message", lambda message: message["content"] == "four")
    got = [message for history in back.named("history") for message in history["messages"]]
    got += back.named("message")
    assert [message["content"] for message in got] == ["two", "three", "four"]


def test_older_messages_are_fetched_by_their_place(room: Room) -> None:
    socket = room.connect(room.owner.token)
    said = [say(socket, str(number)) for number in range(5)]
    socket.send("history", before=said[4]["id"], limit=3)
    page = socket.wait_for("history", lambda history: len(history["messages"]) == 3)
    assert ([message["content"] for message in page["messages"]], page["has_more"]) == (["1", "2", "3"], True)


def test_a_message_longer_than_a_frame_is_cut_and_kept_whole(room: Room) -> None:
    """Over REST: no client can send a frame that long."""
    socket = room.connect(room.owner.token)
    content = "长" * MAX_CONTENT_CHARACTERS
    list(room.owner.events("POST", f"{room.path}/messages", json={"content": content}))
    told = socket.wait_for("message")
    assert told["content_truncated"] is True
    assert content.startswith(told["content"])
    back = room.connect(room.owner.token)
    [shown] = back.named("history")[0]["messages"]
    assert (shown["id"], shown["content_truncated"]) == (told["id"], True)
    assert room.owner.data("GET", f"{room.path}/messages/{told['id']}")["content"] == content


@pytest.mark.parametrize("text", ["", "{", "[]", '"ping"', "null", '{"action": "dance"}', '{"action": 1}'])
def test_a_bad_frame_is_answered_and_the_connection_stays(room: Room, text: str) -> None:
    socket = room.connect(room.owner.token, headers={"Accept-Language": "en"})
    socket.send_text(text)
    assert socket.wait_for("error")["type"] in ("malformed_json", "unknown_action")
    socket.send("send_message", content="")
    error = socket.wait_for("error")
    assert error == {
        "content": "content: String should have at least 1 character",
        "type": "validation_error",
    }
    socket.send("ping")
    socket.wait_for("pong")


def test_a_removed_member_is_out_at_once(room: Room, member: Person) -> None:
    watcher, tabs = room.connect(room.owner.token), [room.connect(member.token) for _ in range(2)]
    room.owner.data("DELETE", f"{room.path}/members/{me(member)}")
    for tab in tabs:
        tab.closed()
    watcher.wait_for("system", lambda notice: notice["type"] == "user_leave")
    assert room.refused(member.token) == 403
    say(watcher, "among us")
    assert notices(watcher) == [("user_join", member.username), ("user_leave", member.username)]


def test_a_deleted_room_ends_its_connections(room: Room, member: Person) -> None:
    sockets = [room.connect(room.owner.token), room.connect(member.token)]
    room.owner.data("DELETE", room.path)
    for socket in sockets:
        socket.closed()
    assert room.refused(room.owner.token) == 403
