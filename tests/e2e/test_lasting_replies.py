"""Replies that last: followed from other requests, stopped from elsewhere, finished when nobody listens."""

import time

import pytest

from tests.e2e.client import Event, Person, eventually, text_of


def _told(events: list[Event]) -> list[tuple[int, str, dict]]:
    return [(event.id, event.name, event.data) for event in events]


def test_a_stream_that_was_cut_goes_on_where_it_was_cut_and_only_there(person: Person) -> None:
    conversation = person.open_conversation()
    stream = person.stream(conversation, "Give me a long answer")
    first = [next(stream) for _ in range(25)]
    stream.close()  # the client goes away; the reply does not
    reply = first[0].data["message_id"]

    rest = list(person.follow(reply, after=first[-1].id))

    assert [event.id for event in first + rest] == list(range(1, len(first + rest) + 1))
    assert [event.name for event in rest].count("done") == 1
    assert rest[-1].name == "done"
    stored = person.messages(conversation)[-1]
    assert (stored["status"], stored["content"]) == ("complete", text_of(first + rest))
    assert _told(list(person.follow(reply))) == _told(first + rest)


@pytest.mark.parametrize("place", ["header", "query"])
def test_who_has_seen_the_end_is_not_connected_again(person: Person, place: str) -> None:
    conversation = person.open_conversation()
    events = list(person.stream(conversation, "What is 2 + 3?"))
    path = f"/api/messages/{events[0].data['message_id']}/events"
    last = str(events[-1].id)
    by_header = {"headers": {"Last-Event-ID": last}}

    response = person.request(
        "GET", path, **(by_header if place == "header" else {"params": {"after": last}})
    )

    assert (response.status_code, response.content) == (204, b"")


def test_a_reply_is_stopped_from_another_tab(person: Person) -> None:
    conversation = person.open_conversation()
    stream = person.stream(conversation, "Give me a long answer")
    told = [next(stream) for _ in range(10)]
    path = f"/api/messages/{told[0].data['message_id']}/stop"

    asked_at = time.monotonic()
    answer = person.request("POST", path)
    told += list(stream)

    assert answer.status_code == 200
    stopped = answer.json()["data"]
    assert told[-1].name == "done"
    assert told[-1].data["finish_reason"] == "stopped"
    assert told[-1].at - asked_at < 5  # a long answer takes eight seconds more
    assert (stopped["status"], stopped["content"]) == ("stopped", text_of(told))
    assert person.messages(conversation)[-1] == stopped
    again = person.request("POST", path)
    assert (again.status_code, again.json()["type"]) == (409, "reply_ended")
    assert list(person.stream(conversation, "Hello"))[-1].name == "done"


def test_a_reply_is_finished_when_nobody_listens(person: Person) -> None:
    conversation = person.open_conversation()
    stream = person.stream(conversation, "What is 2 + 3?")
    next(stream)
    stream.close()

    reply = eventually(lambda: next((m for m in person.messages(conversation)[1:] if m["content"]), None))

    assert (reply["status"], "5" in reply["content"]) == ("complete", True)


def test_a_foreign_reply_is_neither_followed_nor_stopped(person: Person, http) -> None:
    conversation = person.open_conversation()
    started, *_ = person.stream(conversation, "Hello")
    reply = started.data["message_id"]
    stranger = Person.register(http)

    assert stranger.request("GET", f"/api/messages/{reply}/events").status_code == 404
    assert stranger.request("POST", f"/api/messages/{reply}/stop").status_code == 404


@pytest.mark.parametrize("number", ["-1", "x", "9" * 20])
def test_a_last_event_that_is_no_number_is_refused(person: Person, number: str) -> None:
    conversation = person.open_conversation()
    started, *_ = person.stream(conversation, "Hello")
    reply = started.data["message_id"]

    response = person.request("GET", f"/api/messages/{reply}/events", headers={"Last-Event-ID": number})

    assert response.status_code == 422
    assert response.json()["details"][0]["field"] == "header.last-event-id"
