"""What DynamoDB charges for a reply: bounded, and the same however long the conversation is.

The bounds are the README's. `pytest -n 0 -s tests/functions/test_costs.py` prints what was measured.
"""

import asyncio
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from ulid import ULID

from parley.chat.log_writers import FLUSH_SECONDS
from parley.chat.reply_readers import POLL_SECONDS
from parley.domain.events import TextDelta
from parley.domain.ids import CONVERSATION, new_id, new_message_id
from tests.examples import a_conversation, a_message, a_running_reply
from tests.fakes.dynamo_capacity import Capacity
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.functions.paced_replies import WORD, GrowingReply, PacedModel, words_between
from tests.functions.sse import read_sse
from tests.tables_on_moto import put_directly

SECONDS = 60
RENEWALS = 6
SHORT, LONG = 10, 10_000


@pytest.fixture(scope="module")
def report() -> Iterator[dict[str, Capacity]]:
    report: dict[str, Capacity] = {}
    yield report
    print("\n| what | write units | read units | dollars for a thousand |\n|---|---|---|---|")
    for what, cost in report.items():
        print(f"| {what} | {cost.write_units:g} | {cost.read_units:g} | {cost.dollars(times=1000):.4f} |")


@pytest.fixture
def service():
    from functions.messages import handler

    return handler.app.app.state.replies


@pytest.fixture
def deployments_model(service, monkeypatch):
    """In the place of the deployment's model; the user's providers are looked for all the same."""
    return lambda model: monkeypatch.setattr(service._models, "_deployments", model)


def converse(person, messages=0, **fields):
    """A conversation in which as much was said."""
    from parley.tables.conversations import DynamoConversationRepository

    conversation = a_conversation(user_id=person.user["id"], message_count=messages, **fields)
    DynamoConversationRepository().add(conversation)
    put_directly("conversations", rows_of(conversation, messages))
    return conversation


def rows_of(conversation, messages):
    """One every millisecond, up to a moment ago."""
    from parley.tables.message_rows import row_of

    begun_ms = time.time_ns() // 1_000_000 - messages
    for number in range(messages):
        identifier = f"msg_{ULID.from_timestamp(begun_ms + number)}{conversation.id.removeprefix('conv_')}"
        yield row_of(
            a_message(conversation, id=identifier, content="A sentence or two. " * 10)
        ).to_dynamodb_dict()


def stream(person, conversation):
    body = {"conversation_id": conversation.id, "content": "How are you?"}
    return read_sse(person.client.call("POST", "/api/messages/stream", body).text)


def follow(person, reply_id):
    return read_sse(person.client.call("GET", f"/api/messages/{reply_id}/events").text)


@pytest.fixture
def short_send(anna, meter, deployments_model, monkeypatch):
    """A reply that has ended before its log is written for the first time."""
    monkeypatch.setattr("parley.chat.log_writers.FLUSH_SECONDS", 3600)

    def cost_in(conversation):
        deployments_model(ScriptedModel([TextDelta("Fine, and how are you?"), STOP]))
        with meter() as sent:
            assert stream(anna, conversation)[-1].name == "done"
        return sent.total

    return cost_in


def test_a_send_costs_the_same_in_a_conversation_of_any_length(anna, short_send, report):
    first, short, long = (short_send(converse(anna, messages)) for messages in (0, SHORT, LONG))
    report["the first message and a short reply"] = first
    report[f"a message and a short reply, {SHORT} messages before"] = short
    report[f"a message and a short reply, {LONG:,} messages before"] = long
    assert first.write_units == short.write_units == long.write_units <= 8
    # Session, conversation, providers, and the history that the model is shown: up to 50 messages.
    assert first.read_units == 4
    assert short.read_units <= 6
    assert long.read_units <= 11
    assert long == short_send(converse(anna, 100))


@pytest.mark.parametrize("prompt", ["x" * 400, "长" * 12_000])
def test_a_system_prompt_of_any_length_is_read_once_and_written_never(anna, short_send, report, prompt):
    cost = short_send(converse(anna, system_prompt=prompt))
    report[f"the first message and a short reply, under a prompt of {len(prompt.encode()):,} bytes"] = cost
    assert cost.write_units <= 8
    assert cost.read_units <= 4 + 9


@pytest.fixture
def minute(anna, meter, service, deployments_model, monkeypatch):
    """A reply of a minute: its id, its events and its cost with the renewals of the lease."""
    from parley.tables.reply_locks import DynamoReplyLock

    monkeypatch.setattr("parley.chat.log_writers.FLUSH_SECONDS", 3600)
    words = len(words_between(0, FLUSH_SECONDS))
    monkeypatch.setattr("parley.chat.log_writers.FLUSH_CHARACTERS", words * len(WORD))
    conversation = converse(anna, SHORT)
    with meter() as written:
        model = PacedModel(SECONDS, logged_chunks=lambda: written.calls.count("PutItem"))
        deployments_model(model)
        events = stream(anna, conversation)
    running = a_running_reply(conversation)
    DynamoReplyLock().acquire(conversation, running)
    with meter() as renewed:
        DynamoReplyLock().renew(conversation, running)
    return events[0].data["message_id"], events, written.total + renewed.total * RENEWALS


def test_a_reply_of_a_minute_and_its_replay(anna, minute, meter, report):
    reply_id, events, written = minute
    assert len(events) == 1 + SECONDS * 50 + 1
    report[f"a message and a reply of {SECONDS} s, at 50 words a second"] = written
    assert written.write_units <= SECONDS / FLUSH_SECONDS + 35
    assert written.read_units <= 6
    with meter() as replayed:
        assert follow(anna, reply_id) == events
    report["a replay of it"] = replayed.total
    assert (replayed.total.write_units, replayed.total.read_units <= 25) == (0, True)


def test_following_a_reply_of_a_minute(anna, meter, service, monkeypatch, report):
    conversation = converse(anna, SHORT)
    running = a_running_reply(conversation)
    service._lock.acquire(conversation, running)
    with meter() as followed:
        reply = GrowingReply(service, conversation, running, seconds=SECONDS, for_nothing=followed.paused)
        pausing = SimpleNamespace(**vars(asyncio) | {"sleep": reply.grow})
        monkeypatch.setattr("parley.chat.reply_readers.asyncio", pausing)
        events = follow(anna, running.reply_id)
    assert [event.name for event in events] == ["start", *["text"] * SECONDS * 50, "done"]
    report[f"following it for its {SECONDS} s"] = followed.total
    looks = SECONDS / POLL_SECONDS
    assert (followed.total.write_units, followed.total.read_units <= looks / 2 + 25) == (0, True)


def test_a_minute_of_silence(service, meter, report):
    """A slow model, or a tool that runs: the writer looks whether it is to stop."""
    with meter() as looked:
        service._log.is_stop_requested(new_message_id(new_id(CONVERSATION)), 2)
    minute = looked.total * (SECONDS / FLUSH_SECONDS)
    report[f"a writer's {SECONDS} s of silence"] = minute
    assert minute == Capacity(read_units=120)
