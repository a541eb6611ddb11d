"""Replies written anew, over real sockets and by several worker processes."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.client import Event, Person, eventually, text_of
from tests.e2e.stack import running_stack


def test_a_reply_in_the_middle_is_written_anew_twice_and_followed(person: Person) -> None:
    conversation = person.open_conversation()
    for content in ("What is 2 + 3?", "Hello"):
        list(person.stream(conversation, content))
    question, old, *rest = person.messages(conversation)

    first = list(person.regenerate(old["id"]))
    second = list(person.regenerate(first[0].data["message_id"], tools_enabled=False))

    assert first[0].data["user_message_id"] == second[0].data["user_message_id"] == question["id"]
    page = person.messages(conversation)
    reply = page[1]
    assert page == [question, reply, *rest]
    assert reply["id"] == second[0].data["message_id"]
    assert _contents(reply) == [old["content"], text_of(first), text_of(second)]
    assert (len(reply["alternatives"][1]["tool_calls"]), reply["tool_calls"]) == (1, [])
    for events in (first, second):
        told = list(person.follow(events[0].data["message_id"]))
        assert [(each.id, each.data) for each in told] == [(each.id, each.data) for each in events]


def test_a_reply_that_was_stopped_is_written_anew_and_shown_while_it_runs(person: Person) -> None:
    conversation = person.open_conversation()
    _stop_after(person, person.stream(conversation, "Give me a long answer"), 10)
    stopped = person.messages(conversation)[1]

    anew = person.regenerate(stopped["id"])
    started = next(anew)
    _, running = person.messages(conversation)
    refused = person.request("POST", f"/api/messages/{stopped['id']}/regenerate")
    answer = person.data("POST", f"/api/messages/{started.data['message_id']}/stop")
    rest = list(anew)

    assert (stopped["status"], running["status"]) == ("stopped", "streaming")
    assert running["id"] == started.data["message_id"]
    assert [each["id"] for each in running["alternatives"]] == [stopped["id"]]
    assert (refused.status_code, refused.json()["type"]) == (409, "reply_running")
    assert person.messages(conversation)[1] == answer
    assert _contents(answer) == [stopped["content"], text_of(rest)]


def test_of_simultaneous_regenerations_one_is_written(person: Person) -> None:
    conversation = person.open_conversation()
    _stop_after(person, person.stream(conversation, "Give me a long answer"), 5)
    path = f"/api/messages/{person.messages(conversation)[1]['id']}/regenerate"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: person.request("POST", path), range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    _, reply = person.messages(conversation)
    assert len(reply["alternatives"]) == 1


def test_a_regeneration_that_the_client_lost_is_told_from_its_beginning(person: Person) -> None:
    conversation = person.open_conversation()
    started, *_ = person.stream(conversation, "Hello")
    reply = started.data["message_id"]
    headers = {"Idempotency-Key": "key-1"}
    lost = person.regenerate(reply, headers=headers)
    start = next(lost)
    lost.close()

    events = list(person.regenerate(reply, headers=headers))

    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert (events[0].data, events[-1].name) == (start.data, "done")
    _, new = person.messages(conversation)
    assert (new["id"], len(new["alternatives"])) == (start.data["message_id"], 1)
    assert new["content"] == text_of(events)


def test_a_regeneration_whose_worker_is_killed_is_interrupted_in_its_place(tmp_path: Path) -> None:
    with (
        running_stack(tmp_path, {"PARLEY_REPLY_LEASE_SECONDS": "2"}) as stack,
        httpx.Client(base_url=stack.url, timeout=30) as http,
    ):
        person = Person.register(http)
        conversation = person.open_conversation()
        _stop_after(person, person.stream(conversation, "Give me a long answer"), 5)
        list(person.stream(conversation, "Hello"))
        question, old, *rest = person.messages(conversation)

        told = list(islice(person.regenerate(old["id"]), 20))
        _kill(stack.worker_pids("messages"))

        reply = eventually(lambda: _ended_reply(person, conversation))
        assert (reply["id"], reply["status"]) == (told[0].data["message_id"], "interrupted")
        assert reply["content"]
        assert [each["id"] for each in reply["alternatives"]] == [old["id"]]
        assert person.messages(conversation) == [question, reply, *rest]
        _stop_after(person, person.regenerate(reply["id"]), 5)
        newest = person.messages(conversation)[1]
        assert [each["status"] for each in newest["alternatives"]] == ["stopped", "interrupted"]


def _contents(reply: dict[str, Any]) -> list[str]:
    """Of the reply's alternatives, and its own."""
    return [each["content"] for each in (*reply["alternatives"], reply)]


def _stop_after(person: Person, stream: Iterator[Event], number: int) -> list[Event]:
    told = list(islice(stream, number))
    person.data("POST", f"/api/messages/{told[0].data['message_id']}/stop")
    return told + list(stream)


def _ended_reply(person: Person, conversation: str) -> dict[str, Any] | None:
    """The first one, once it has ended. A request may still meet one of the workers that were killed."""
    response = person.request("GET", f"/api/messages/{conversation}")
    if response.status_code == 502:
        return None
    reply: dict[str, Any] = response.json()["data"]["items"][1]
    return None if reply["status"] == "streaming" else reply


def _kill(pids: list[int]) -> None:
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
