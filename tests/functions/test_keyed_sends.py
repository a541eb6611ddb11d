"""Sends under an Idempotency-Key, as their callers see them."""

import pytest

from parley.domain.events import TextDelta, ThinkingDelta
from parley.models.types import ModelError
from tests.examples import a_running_reply
from tests.fakes.scripted_model import STOP, ScriptedModel, asks_for
from tests.fakes.tools import a_call
from tests.functions.sse import read_sse
from tests.functions.test_idempotency import assert_conflict, assert_replay, keyed

SEND, STREAM = "/api/messages", "/api/messages/stream"


@pytest.fixture
def model(answer_with):
    """Thinks, calls a tool and says something long."""
    call = a_call("1", "calculator", '{"expression": "6 * 7"}')
    model = ScriptedModel(
        [ThinkingDelta("H"), ThinkingDelta("m"), asks_for(call)],
        [TextDelta("It is "), TextDelta("长" * 200_000), STOP],
    )
    answer_with(model)
    return model


def send(person, conversation, path, key="key-1", content="What is 6 * 7?"):
    body = {"conversation_id": conversation["id"], "content": content}
    return keyed(person, key).call("POST", path, body)


def listed(person, conversation):
    return person.client.call("GET", f"/api/messages/{conversation['id']}").data["items"]


def test_a_repeated_send_gets_both_messages_again_and_sends_nothing(anna, model):
    conversation = anna.converse(thinking_enabled=True)
    first = send(anna, conversation, SEND)
    assert first.status == 201
    assert_replay(send(anna, conversation, f"{SEND}/"), first)
    assert listed(anna, conversation) == [first.data["user_message"], first.data["assistant_message"]]
    assert len(model.requests) == 2


def test_a_repeated_stream_tells_the_same_events_and_sends_nothing(anna, model):
    conversation = anna.converse(thinking_enabled=True)
    first, second = (send(anna, conversation, STREAM) for _ in range(2))
    assert second.headers["idempotency-replayed"] == "true"
    for name in ("content-type", "cache-control"):
        assert second.headers[name] == first.headers[name]
    assert read_sse(second.text) == read_sse(first.text)
    assert len(listed(anna, conversation)) == 2
    assert len(model.requests) == 2


@pytest.mark.parametrize("path", [SEND, STREAM])
def test_other_contents_are_a_conflict_and_other_keys_and_paths_other_sends(anna, model, path):
    conversation = anna.converse()
    send(anna, conversation, path)
    assert_conflict(send(anna, conversation, path, content="Another"), "idempotency_conflict")
    for other in ((path, "key-2"), (SEND if path == STREAM else STREAM, "key-1")):
        assert "idempotency-replayed" not in send(anna, conversation, *other).headers
    assert len(listed(anna, conversation)) == 6


@pytest.mark.parametrize("path", [SEND, STREAM])
def test_a_models_failure_is_the_answer_and_is_repeated(anna, answer_with, path):
    model = ScriptedModel([TextDelta("It is"), ModelError("quota used up", type="model_rejected")])
    answer_with(model)
    conversation = anna.converse()
    first, second = (send(anna, conversation, path) for _ in range(2))
    assert (first.status, second.status) == ((200, 200) if path == STREAM else (502, 502))
    if path == STREAM:
        assert read_sse(second.text)[-1] == read_sse(first.text)[-1]
    else:
        assert_replay(second, first)
    assert len(model.requests) == 1


@pytest.mark.parametrize("path", [SEND, STREAM])
def test_a_send_that_was_refused_may_be_made_again_under_its_key(anna, model, path):
    from parley.tables.conversations import DynamoConversationRepository
    from parley.tables.reply_locks import DynamoReplyLock

    conversation = anna.converse()
    found = DynamoConversationRepository().get(anna.user["id"], conversation["id"])
    running = a_running_reply(found)
    DynamoReplyLock().acquire(found, running)
    assert_conflict(send(anna, conversation, path), "reply_running")
    DynamoReplyLock().release(found, running.reply_id, added=0, title=None)
    assert send(anna, conversation, path).status in (200, 201)
