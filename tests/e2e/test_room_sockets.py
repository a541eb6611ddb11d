"""Rooms over real sockets: who hears what, in which order, and what is answered."""

import threading
from typing import Any

import pytest

from parley.domain.messages import MAX_CONTENT_CHARACTERS
from tests.e2e.client import Person, eventually
from tests.e2e.room_people import PeopledRoom, me, say
from tests.e2e.sockets import RoomSocket


def test_a_connection_is_told_who_and_what_is_here_before_anything_else(
    room: PeopledRoom, member: Person, scout: dict[str, Any]
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
    room: PeopledRoom, member: Person, scout: dict[str, Any]
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


def test_typing_is_seen_by_the_others_alone(room: PeopledRoom, member: Person) -> None:
    own, other = room.connect(room.owner.token), room.connect(member.token)
    for is_typing in (True, False):
        own.send("typing", is_typing=is_typing)
        assert other.wait_for("typing") == {"user_id": me(room.owner), "is_typing": is_typing}
    own.send("ping")
    own.wait_for("pong")
    assert own.named("typing") == []


def test_a_client_that_was_away_gets_what_it_missed_and_nothing_twice(
    room: PeopledRoom, member: Person
) -> None:
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


def test_older_messages_are_fetched_by_their_place(room: PeopledRoom) -> None:
    socket = room.connect(room.owner.token)
    said = [say(socket, str(number)) for number in range(5)]
    socket.send("history", before=said[4]["id"], limit=3)
    page = socket.wait_for("history", lambda history: len(history["messages"]) == 3)
    assert ([message["content"] for message in page["messages"]], page["has_more"]) == (["1", "2", "3"], True)


def test_a_message_longer_than_a_frame_is_cut_and_kept_whole(room: PeopledRoom) -> None:
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
def test_a_bad_frame_is_answered_and_the_connection_stays(room: PeopledRoom, text: str) -> None:
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
