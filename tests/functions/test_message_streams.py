"""The event stream of a reply, as the plain runtime hands it over: whole."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from parley.domain.events import TextDelta, ThinkingDelta
from parley.models.types import ModelError
from tests.fakes.scripted_model import STOP, ScriptedModel, asks_for
from tests.fakes.tools import a_call
from tests.functions.sse import read_sse

_wait = asyncio.wait


def stream(person, conversation, content="What is 6 * 7?", *, slash="", **fields):
    body = {"conversation_id": conversation["id"], "content": content, **fields}
    answer = person.client.call("POST", f"/api/messages/stream{slash}", body)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-cache"
    return read_sse(answer.text)


def names(events):
    return [event.name for event in events]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.usefixtures("demo")
def test_the_demo_streams_text_a_tool_call_and_the_end(anna, slash):
    conversation = anna.converse(thinking_enabled=True)
    events = stream(anna, conversation, slash=slash)
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    order = [
        name for index, name in enumerate(names(events)) if index == 0 or names(events)[index - 1] != name
    ]
    assert order == ["start", "thinking", "text", "tool_call", "tool_result", "text", "done"]
    call, result = (next(e.data for e in events if e.name == name) for name in ("tool_call", "tool_result"))
    assert call == {"id": call["id"], "name": "calculator", "arguments": {"expression": "6 * 7"}}
    assert set(result) == {"id", "name", "success", "content"}
    assert (result["id"], result["success"]) == (call["id"], True)
    assert json.loads(result["content"])["result"] == 42


def test_a_stream_tells_what_is_stored(anna, answer_with):
    answer_with(ScriptedModel([ThinkingDelta("Hm"), TextDelta("It "), TextDelta("is."), STOP]))
    conversation = anna.converse(thinking_enabled=True)
    events = stream(anna, conversation)
    user_message, reply = anna.client.call("GET", f"/api/messages/{conversation['id']}").data["items"]
    usage = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}
    assert [(event.name, event.data) for event in events] == [
        ("start", {"message_id": reply["id"], "user_message_id": user_message["id"]}),
        ("thinking", {"content": "Hm"}),
        ("text", {"content": "It "}),
        ("text", {"content": "is."}),
        ("done", {"message_id": reply["id"], "token_count": 2, "usage": usage, "finish_reason": "stop"}),
    ]
    assert (reply["content"], reply["thinking"], reply["usage"]) == ("It is.", "Hm", usage)


def test_text_with_line_breaks_and_any_character_stays_in_one_line_of_data(anna, answer_with):
    text = "one\ntwo\r\n\r\n\u2028data: x\n\nid: 9\x00👩‍🚀"
    answer_with(ScriptedModel([TextDelta(text), STOP]))
    events = stream(anna, anna.converse())
    assert events[1].data == {"content": text}


@pytest.mark.parametrize(("script", "before"), [([], []), ([TextDelta("It is")], ["text"])])
def test_a_model_that_fails_ends_the_stream_with_an_error(anna, answer_with, script, before):
    answer_with(ScriptedModel([*script, ModelError("quota used up", type="model_rejected")]))
    conversation = anna.converse()
    events = stream(anna, conversation)
    assert names(events) == ["start", *before, "error"]
    assert events[-1].data == {"content": "quota used up", "type": "model_rejected"}
    assert anna.client.call("GET", f"/api/conversations/{conversation['id']}").data["message_count"] == 2


def test_a_failing_tool_does_not_fail_the_reply(anna, answer_with):
    calls = [
        a_call("1", "calculator", '{"expression": "1/0"}'),
        a_call("2", "nothing"),
        a_call("3", "date_time", "{"),
    ]
    answer_with(ScriptedModel([asks_for(*calls)], [TextDelta("Well."), STOP]))
    events = stream(anna, anna.converse())
    assert names(events) == ["start", *["tool_call"] * 3, *["tool_result"] * 3, "text", "done"]
    assert [event.data["success"] for event in events if event.name == "tool_result"] == [False] * 3


def test_a_model_that_never_stops_calling_tools_is_stopped(anna, answer_with):
    answer_with(ScriptedModel([asks_for(a_call("1", "calculator", '{"expression": "1"}'))]))
    events = stream(anna, anna.converse())
    assert names(events).count("tool_result") == 8
    assert events[-1].data["finish_reason"] == "tool_limit"


class GateAfterWaits:
    """Lets the model go on when the answer has waited in vain so often."""

    def __init__(self, waits: int) -> None:
        self.gate = asyncio.Event()
        self._waits = waits

    async def __call__(self, *arguments, **keywords):
        outcome = await _wait(*arguments, **keywords)
        self._waits -= not outcome[0]
        if self._waits <= 0:
            self.gate.set()
        return outcome


@pytest.fixture
def slow_model(answer_with, monkeypatch):
    """Silent for three waits of the answer, which are short here."""
    patience = GateAfterWaits(3)
    answer_with(ScriptedModel([patience.gate, TextDelta("Fine."), STOP]))
    for module in ("functions.messages.streams", "parley.http.event_streams"):
        monkeypatch.setattr(f"{module}.asyncio", SimpleNamespace(**vars(asyncio) | {"wait": patience}))
    monkeypatch.setattr("parley.http.event_streams.PING_SECONDS", 0.001)
    monkeypatch.setattr("functions.messages.streams._SILENCE_SECONDS", 0.001)


@pytest.mark.usefixtures("slow_model")
def test_a_silent_model_is_covered_by_pings(anna):
    body = {"conversation_id": anna.converse()["id"], "content": "Hi"}
    text = anna.client.call("POST", "/api/messages/stream", body).text
    assert text.count(": ping\n\n") >= 3
    assert names(read_sse(text)) == ["start", "text", "done"]


@pytest.mark.usefixtures("slow_model")
def test_a_long_wait_is_padded_with_white_space_before_the_envelope(anna):
    body = {"conversation_id": anna.converse()["id"], "content": "Hi"}
    answer = anna.client.call("POST", "/api/messages", body)
    assert answer.status == 201
    assert answer.text.startswith("  ")
    assert answer.data["assistant_message"]["content"] == "Fine."
