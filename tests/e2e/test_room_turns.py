"""Turns in a room over the running stack: who answers whom, how it ends, and that all are told the same."""

from collections.abc import Callable

import pytest

from tests.e2e.client import Person
from tests.e2e.rooms import Room, open_room, outline_of, texts_of
from tests.e2e.stack import RunningStack

REPLY = ["types", "{} speaks", "process_step", "done", "typed"]


def reply_of(name: str) -> list[str]:
    return [line.format(name) for line in REPLY]


@pytest.fixture
def open_with(stack: RunningStack, person: Person) -> Callable[..., Room]:
    return lambda *names, **fields: open_room(stack.url, person, *names, **fields)


def test_who_asks_over_a_request_is_told_what_the_sockets_are_told(open_with: Callable[..., Room]) -> None:
    room = open_with("Ann", "Ben")
    with room.socket() as socket:
        socket.wait_for("agents")
        told = list(room.post("Hello!"))
        seen = socket.collect_until(
            "typing", lambda data: data == {"agent_id": room.agents["Ben"], "is_typing": False}
        )
    name = room.person.username
    assert [event.id for event in told] == list(range(1, len(told) + 1))
    assert outline_of(told) == [f"{name} speaks", *reply_of("Ann"), *reply_of("Ben")]
    seen = [event for event in seen if event.name != "system"]
    assert outline_of(seen) == outline_of(told)
    messages = room.messages()
    stored = {message["id"]: message["content"] for message in messages[1:]}
    assert texts_of(told) == texts_of(seen) == stored
    assert [message["status"] for message in messages] == ["complete"] * 3
    assert messages[1]["content"].startswith("I am Ann,")
    assert [event.data["id"] for event in told if event.name == "message"] == [
        each["id"] for each in messages
    ]


def test_only_who_is_mentioned_answers_and_asks_another(open_with: Callable[..., Room]) -> None:
    room = open_with("Ann", "小助手", "Ben")
    told = list(room.post("@小助手你好"))
    assert outline_of(told)[1:] == reply_of("小助手")
    told = list(room.post("@Ann, ask @Ben. What is it?", mentions=[room.agents["Ann"]]))
    assert outline_of(told)[1:] == [*reply_of("Ann"), *reply_of("Ben")]
    assert "@Ben" in room.messages()[-2]["content"]


def test_agents_that_ask_one_another_are_ended_by_the_limit(open_with: Callable[..., Room]) -> None:
    room = open_with("Ann", "Ben", max_agent_turns=3)
    told = list(room.post("@Ann ask @Ben and @Ben ask @Ann"))
    assert outline_of(told)[1:] == [*reply_of("Ann"), *reply_of("Ben"), *reply_of("Ann"), "turn_limit"]


def test_where_one_agent_fails_the_next_one_answers(open_with: Callable[..., Room]) -> None:
    room = open_with("Ann", "Ben")
    told = list(room.post("Please fail"))
    failed = ["types", "Ann speaks", "process_step", "error", "agent_error", "typed"]
    assert outline_of(told)[1:] == [*failed, *reply_of("Ben")]
    assert [status for _, status in room.said()] == ["complete", "error", "complete"]


def test_where_nobody_answers_the_stream_ends_behind_the_message(open_with: Callable[..., Room]) -> None:
    room = open_with()
    assert outline_of(room.post("Anybody?")) == [f"{room.person.username} speaks"]


def test_a_repeat_under_the_same_key_follows_the_same_turn(open_with: Callable[..., Room]) -> None:
    room, key = open_with("Ann"), {"Idempotency-Key": "key-1"}
    first = list(room.post("Hello!", headers=key))
    again = list(room.post("Hello!", headers=key))
    assert [outline_of(again), texts_of(again)] == [outline_of(first), texts_of(first)]
    assert len(room.messages()) == 2
    path, body = f"/api/chat-rooms/{room.id}/messages", {"content": "Bye!"}
    changed = room.person.request("POST", path, json=body, headers=key)
    assert (changed.status_code, changed.json()["type"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize("way", ["socket", "request"])
def test_a_turn_is_stopped_in_the_middle(open_with: Callable[..., Room], way: str) -> None:
    room = open_with("Ann", "Ben")
    with room.socket() as socket:
        socket.send("send_message", content="Something long, please")
        step = socket.wait_for("process_step", lambda data: data["offset"] > 0)
        if way == "socket":
            socket.send("stop")
        else:
            assert room.stop(step["message_id"])["status"] == "stopped"
        socket.wait_for("done")
        socket.wait_for("system", lambda data: data["type"] == "stopped")
    assert room.said() == [(room.person.username, "complete"), ("Ann", "stopped")]


def test_what_a_person_says_during_a_turn_is_seen_at_once_and_answered_after_it(
    open_with: Callable[..., Room],
) -> None:
    room = open_with("Ann")
    with room.socket() as socket:
        socket.send("send_message", content="Something long, please")
        socket.wait_for("process_step")
        socket.send("send_message", content="Thank you!", client_id="second")
        socket.wait_for("message", lambda data: data.get("client_id") == "second")
        assert not socket.named("done")
        socket.send("stop")
        socket.wait_for("done")
        second = socket.wait_for("message", lambda data: data["sender_type"] == "agent")
        socket.wait_for("done", lambda data: data["message_id"] == second["id"])
    assert [status for _, status in room.said()] == ["complete", "stopped", "complete", "complete"]
    assert "Thank you!" in room.messages()[-1]["content"]


def test_somebody_elses_room_is_not_found(open_with: Callable[..., Room], http) -> None:
    room, stranger = open_with("Ann"), Person.register(http)
    path = f"/api/chat-rooms/{room.id}/messages"
    assert stranger.request("POST", path, json={"content": "Hello!"}).status_code == 404
    list(room.post("Hello!"))
    message = room.messages()[0]["id"]
    assert stranger.request("POST", f"{path}/{message}/stop").status_code == 404
    assert room.person.request("POST", f"{path}/{message}/stop").status_code == 409
