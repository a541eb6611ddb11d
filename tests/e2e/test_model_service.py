"""The running stack with a model service of the project's own, which misbehaves on demand."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.client import Person, text_of
from tests.e2e.stack import RunningStack, running_stack
from tests.fakes.model_server import ModelServer

KEY = "sk-marked-0123456789-never-to-be-seen"


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def stack(models: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    settings = {"PARLEY_MODEL_BASE_URL": models.url, "PARLEY_MODEL_API_KEY": KEY}
    with running_stack(tmp_path_factory.mktemp("data"), settings) as stack:
        yield stack


@pytest.fixture
def person(http: httpx.Client) -> Person:
    return Person.register(http)


def test_the_models_words_and_usage_arrive(person: Person) -> None:
    events = list(person.stream(person.open_conversation(), "fake:normal:3"))

    assert text_of(events) == "word0 word1 word2 "
    assert events[-1].data["finish_reason"] == "stop"
    assert events[-1].data["usage"]["completion_tokens"] == 3
    assert events[-1].data["token_count"] == 3


@pytest.mark.parametrize("enabled", [True, False])
def test_reasoning_is_shown_only_when_thinking_is_enabled(person: Person, enabled: bool) -> None:
    conversation = person.open_conversation(thinking_enabled=enabled)
    events = list(person.stream(conversation, "fake:reasoning"))

    thinking = "".join(event.data["content"] for event in events if event.name == "thinking")
    assert thinking == ("Let me think." if enabled else "")
    assert person.messages(conversation)[1]["thinking"] == (thinking or None)


def test_calls_that_come_in_interleaved_pieces_run_and_their_results_reach_the_model(
    person: Person, models: ModelServer
) -> None:
    events = list(person.stream(person.open_conversation(), "fake:tools:split"))
    names = [event.name for event in events]

    assert names.count("tool_call") == names.count("tool_result") == 2
    assert all(event.data["success"] for event in events if event.name == "tool_result")
    sent = [message for message in models.requests[-1].body["messages"] if message["role"] == "tool"]
    assert {message["tool_call_id"] for message in sent} == {"id_a", "id_b"}
    assert "42" in text_of(events)


def test_without_tools_the_model_is_told_of_none(person: Person, models: ModelServer) -> None:
    list(person.stream(person.open_conversation(), "fake:normal", tools_enabled=False))

    assert not models.requests[-1].body.get("tools")


@pytest.mark.parametrize("scenario", ["comments", "crlf", "no-done", "usage-with-last", "no-usage", "whole"])
def test_every_dialect_of_a_good_reply_ends_with_done(person: Person, scenario: str) -> None:
    events = list(person.stream(person.open_conversation(), f"fake:{scenario}", tools_enabled=False))

    assert events[-1].name == "done"
    assert text_of(events)


def test_a_service_that_is_busy_for_a_moment_is_asked_again(person: Person, models: ModelServer) -> None:
    models.enqueue("busy:0", "normal:2")
    events = list(person.stream(person.open_conversation(), "Hello"))

    assert text_of(events) == "word0 word1 "


def test_an_error_inside_a_good_stream_keeps_the_part_that_came(person: Person) -> None:
    conversation = person.open_conversation()
    events = list(person.stream(conversation, "fake:error-midway"))

    assert [event.name for event in events] == ["start", "text", "error"]
    assert "The engine is on fire" in events[-1].data["content"]
    reply = person.messages(conversation)[1]
    assert (reply["status"], reply["content"]) == ("error", "half ")


def test_a_refused_key_is_told_without_the_key(person: Person, stack: RunningStack) -> None:
    conversation = person.open_conversation()
    events = list(person.stream(conversation, "fake:status:401:echo"))
    waited = person.request(
        "POST", "/api/messages", json={"conversation_id": conversation, "content": "fake:status:401:echo"}
    )

    assert [event.name for event in events] == ["start", "error"]
    assert "Bad key" in events[-1].data["content"]
    assert waited.status_code == 502
    assert waited.json()["success"] is False
    assert "Bad key" in waited.json()["error"]
    assert KEY not in str(events) + waited.text + stack.output.read_text()
    roles = [message["role"] for message in person.messages(conversation)]
    assert roles == ["user", "assistant"] * 2


def test_the_next_request_carries_the_system_prompt_and_what_was_said(
    person: Person, models: ModelServer
) -> None:
    conversation = person.open_conversation(system_prompt="Be brief.", model="some-model")
    list(person.stream(conversation, "fake:normal:1"))
    list(person.stream(conversation, "And fake:normal:2?"))

    body = models.requests[-1].body
    assert body["model"] == "some-model"
    assert [(message["role"], message["content"]) for message in body["messages"]] == [
        ("system", "Be brief."),
        ("user", "fake:normal:1"),
        ("assistant", "word0 "),
        ("user", "And fake:normal:2?"),
    ]


def test_a_connection_that_is_cut_ends_the_stream_with_an_error_and_keeps_the_part(person: Person) -> None:
    conversation = person.open_conversation()
    events = list(person.stream(conversation, "fake:cut:3"))

    assert events[-1].name == "error"
    assert events[-1].data["type"] == "model_stream_broken"
    reply = person.messages(conversation)[1]
    assert reply["status"] == "error"
    assert reply["content"] == text_of(events) != ""
