"""A send that is repeated under its key while its reply is still written, or after its writer has died."""

import asyncio
from threading import Event, Thread

import pytest

from parley.domain.events import TextDelta
from tests.fakes.clock import FakeTime
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.functions.sse import read_sse
from tests.functions.test_keyed_sends import SEND, STREAM, listed, send


class FirstAttempt:
    """A function that dies when the message is stored; what it would have done may be done elsewhere."""

    def __init__(self, service, monkeypatch):
        self._start = service.start
        self._exchange = None
        self.joined = Event()
        has_ended = service.transcript.has_ended

        def die(exchange, **_):
            self._exchange = exchange
            raise RuntimeError

        def note(*arguments):
            self.joined.set()
            return has_ended(*arguments)

        monkeypatch.setattr(service, "start", die)
        monkeypatch.setattr(service.transcript, "has_ended", note)

    def write_reply(self) -> None:
        async def write():
            await self._start(self._exchange, tools_enabled=False).result()

        asyncio.run(write())


@pytest.fixture
def service():
    from functions.messages.handler import app

    return app.app.state.replies


@pytest.fixture
def first(service, monkeypatch):
    return FirstAttempt(service, monkeypatch)


@pytest.mark.parametrize("path", [SEND, STREAM])
def test_a_repeat_joins_the_reply_that_another_function_writes(anna, first, answer_with, path):
    model = ScriptedModel([TextDelta("It "), lambda: first.joined.wait(10), TextDelta("is."), STOP])
    answer_with(model)
    conversation = anna.converse()
    assert send(anna, conversation, path).status == 500
    writer = Thread(target=first.write_reply)
    writer.start()
    joined = send(anna, conversation, path)
    writer.join()
    assert first.joined.is_set()
    assert joined.headers["idempotency-replayed"] == "true"
    question, reply = listed(anna, conversation)
    assert (question["content"], reply["content"], reply["status"]) == (
        "What is 6 * 7?",
        "It is.",
        "complete",
    )
    assert len(model.requests) == 1
    if path == STREAM:
        events = read_sse(joined.text)
        assert [event.id for event in events] == [1, 2, 3, 4]
        assert [event.name for event in events] == ["start", "text", "text", "done"]
    else:
        assert joined.data == {"user_message": question, "assistant_message": reply}


@pytest.mark.parametrize("path", [SEND, STREAM])
def test_a_repeat_after_a_death_gets_the_interrupted_reply(anna, first, monkeypatch, path):
    clock, conversation = FakeTime(), anna.converse()
    monkeypatch.setattr("parley.chat.leases.time", clock)
    assert send(anna, conversation, path).status == 500
    clock.advance(31)
    joined = send(anna, conversation, path)
    assert joined.headers["idempotency-replayed"] == "true"
    assert [message["status"] for message in listed(anna, conversation)] == ["complete", "interrupted"]
    if path == STREAM:
        start, error = read_sse(joined.text)
        question, reply = listed(anna, conversation)
        ids = {"message_id": reply["id"], "user_message_id": question["id"]}
        assert (start.id, start.name, start.data) == (1, "start", ids)
        assert (error.id, error.name, error.data["type"]) == (2, "error", "interrupted")
    else:
        assert (joined.status, joined.json["type"]) == (502, "interrupted")
