"""The product's spine, through the front door: register, converse, watch a reply stream in."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.e2e.client import Person, eventually, text_of


def test_a_streamed_reply_calls_the_calculator_and_tells_its_result(person: Person) -> None:
    conversation = person.open_conversation()
    events = list(person.stream(conversation, "What is 12 * (3 + 4)?"))

    names = [event.name for event in events]
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert names[0] == "start"
    assert names.count("done") == 1
    assert names[-1] == "done"
    called = next(event.data for event in events if event.name == "tool_call")
    returned = next(event.data for event in events if event.name == "tool_result")
    assert called["name"] == "calculator"
    assert returned["id"] == called["id"]
    assert returned["success"] is True
    assert "84" in returned["content"]
    assert "84" in text_of(events)


def test_the_first_words_come_long_before_the_last(person: Person) -> None:
    conversation = person.open_conversation()
    events = person.stream(conversation, "Tell me something about the sea.")
    first = next(event for event in events if event.name == "text")
    rest = list(events)

    assert rest[-1].name == "done"
    assert rest[-1].at - first.at > 0.1


def test_what_was_streamed_is_what_is_stored(person: Person) -> None:
    conversation = person.open_conversation()
    events = list(person.stream(conversation, "2+2?"))
    question, reply = person.messages(conversation)

    assert question["role"] == "user"
    assert question["content"] == "2+2?"
    assert question["id"] == events[0].data["user_message_id"]
    assert reply["id"] == events[0].data["message_id"] == events[-1].data["message_id"]
    assert reply["status"] == "complete"
    assert reply["content"] == text_of(events)
    assert reply["usage"] == events[-1].data["usage"]
    assert reply["tool_calls"][0]["name"] == "calculator"


def test_an_untitled_conversation_is_titled_by_its_first_exchange(person: Person) -> None:
    conversation = person.open_conversation()
    list(person.stream(conversation, "How do tides work?"))
    found = person.data("GET", f"/api/conversations/{conversation}")

    assert found["title"] == "How do tides work?"
    assert found["message_count"] == 2


def test_a_send_without_stream_answers_with_both_messages(person: Person) -> None:
    conversation = person.open_conversation()
    response = person.request(
        "POST", "/api/messages/", json={"conversation_id": conversation, "content": "7*6?"}
    )

    assert response.status_code == 201
    sent = response.json()["data"]
    assert sent["user_message"]["content"] == "7*6?"
    assert "42" in sent["assistant_message"]["content"]


def test_thinking_is_streamed_before_the_text_when_it_is_enabled(person: Person) -> None:
    conversation = person.open_conversation(thinking_enabled=True)
    names = [event.name for event in person.stream(conversation, "Hello")]

    assert names.index("thinking") < names.index("text")


def test_a_model_that_fails_in_the_middle_ends_the_stream_with_an_error_and_keeps_the_part(
    person: Person,
) -> None:
    conversation = person.open_conversation()
    events = list(person.stream(conversation, "please fail"))

    assert events[-1].name == "error"
    assert "done" not in [event.name for event in events]
    _, reply = person.messages(conversation)
    assert reply["status"] == "error"
    assert reply["content"] == text_of(events) != ""


def test_of_two_sends_at_once_one_runs_and_one_is_refused(person: Person, http: httpx.Client) -> None:
    """The reply is long, so that the slower of the two meets it running."""
    conversation = person.open_conversation()
    together = threading.Barrier(2)

    def send() -> int:
        together.wait()
        body = {"conversation_id": conversation, "content": "a long one"}
        with http.stream("POST", "/api/messages/stream", json=body, headers=person.headers) as response:
            return response.status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(future.result() for future in [pool.submit(send), pool.submit(send)])
    assert statuses == [200, 409]
    assert len(person.messages(conversation)) == 2


def test_of_many_registrations_of_one_name_exactly_one_succeeds(http: httpx.Client) -> None:
    together = threading.Barrier(8)

    def register(number: int) -> int:
        together.wait()
        account = {
            "username": "Contended" if number % 2 else "contended",
            "email": f"c{number}@example.com",
            "password": "correct horse",
        }
        return http.post("/api/auth/register", json=account).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(register, range(8)))
    assert statuses == [201] + [409] * 7


def test_a_client_that_goes_away_does_not_end_the_reply(person: Person) -> None:
    conversation = person.open_conversation()
    events = person.stream(conversation, "Hello there, how are you today?")
    next(event for event in events if event.name == "text")
    events.close()

    def finished() -> bool:
        return [message["status"] for message in person.messages(conversation)] == ["complete", "complete"]

    eventually(finished)
