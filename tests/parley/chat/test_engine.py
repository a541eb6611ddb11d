"""The loop of a reply: what is told, in which order, and what the model is shown."""

import asyncio
import threading

import pytest

from parley.chat.engine import MAX_TOOL_ROUNDS, ReplyEngine
from parley.chat.tool_runs import ToolRunner
from parley.domain.events import (
    FinishReason,
    ReplyDone,
    ReplyFailed,
    TextDelta,
    ThinkingDelta,
    ToolCalled,
    ToolReturned,
    Usage,
)
from parley.models.types import ChatTurn, ModelError, ModelFinished, ModelRequest
from tests.fakes.scripted_model import STOP, ScriptedModel, asks_for
from tests.fakes.tools import CONTEXT, a_call, registry, waiting_tool

pytestmark = pytest.mark.anyio

QUESTION = ChatTurn(role="user", content="How much is it?")


def engine(model, *tools):
    return ReplyEngine(model, ToolRunner(registry(*tools), CONTEXT, enabled=True))


def request():
    return ModelRequest(model="glm-5", turns=[QUESTION])


async def told(model, *tools):
    return [event async for event in engine(model, *tools).run(request(), message_id="msg_1")]


def done(finish_reason=FinishReason.STOP, *, prompt_tokens=10, completion_tokens=2):
    return ReplyDone(
        message_id="msg_1",
        token_count=completion_tokens,
        usage=Usage(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens),
        finish_reason=finish_reason,
    )


async def test_thinking_and_text_are_told_as_they_come():
    model = ScriptedModel([ThinkingDelta("Hm"), TextDelta("It "), TextDelta("is."), STOP])
    assert await told(model) == [ThinkingDelta("Hm"), TextDelta("It "), TextDelta("is."), done()]
    assert model.requests == [request()]


@pytest.mark.parametrize("reason", [FinishReason.STOP, FinishReason.LENGTH])
async def test_the_model_says_why_it_ended(reason):
    model = ScriptedModel([ModelFinished(finish_reason=reason, usage=Usage(completion_tokens=3))])
    assert await told(model) == [done(reason, prompt_tokens=0, completion_tokens=3)]


async def test_calls_are_told_in_their_order_and_results_as_they_come():
    slow, fast = threading.Event(), threading.Event()
    fast.set()
    calls = [a_call("1", "slow"), a_call("2", "fast"), a_call("3", "double", '{"number": 4}')]
    model = ScriptedModel([TextDelta("Let me see."), asks_for(*calls)], [TextDelta("8"), STOP])
    events = []
    reply = engine(model, waiting_tool("slow", slow), waiting_tool("fast", fast))
    async for event in reply.run(request(), message_id="msg_1"):
        events.append(event)
        if sum(isinstance(event, ToolReturned) for event in events) == 2:
            slow.set()
    assert events[0] == TextDelta("Let me see.")
    assert events[1:4] == [
        ToolCalled(id="1", name="slow", arguments={}),
        ToolCalled(id="2", name="fast", arguments={}),
        ToolCalled(id="3", name="double", arguments={"number": 4}),
    ]
    results = {event.id: event for event in events[4:7]}
    assert [event.id for event in events[4:7]][-1] == "1"
    assert results["3"].content == '{"result": 8}'
    assert all(result.success for result in results.values())
    assert events[7:] == [TextDelta("8"), done(prompt_tokens=20, completion_tokens=4)]


async def test_the_model_is_shown_its_calls_and_their_results_in_its_own_order():
    slow = threading.Event()
    calls = (a_call("1", "slow"), a_call("2", "double", '{"number": 4}'))
    model = ScriptedModel([TextDelta("Let me see."), asks_for(*calls)], [STOP])
    async for event in engine(model, waiting_tool("slow", slow)).run(request(), message_id="msg_1"):
        if isinstance(event, ToolReturned):
            slow.set()
    assert model.requests[1].turns == [
        QUESTION,
        ChatTurn(role="assistant", content="Let me see.", tool_requests=calls),
        ChatTurn(role="tool", content='"slow"', tool_request_id="1"),
        ChatTurn(role="tool", content='{"result": 8}', tool_request_id="2"),
    ]


async def test_each_round_is_shown_to_the_model_with_its_own_words():
    call = a_call("1", "refuse")
    rounds = [[TextDelta("One."), asks_for(call)], [TextDelta("Two."), asks_for(call)], [STOP]]
    model = ScriptedModel(*rounds)
    await told(model)
    said = [turn.content for turn in model.requests[2].turns if turn.role == "assistant"]
    assert said == ["One.", "Two."]


async def test_tools_run_at_the_same_time():
    meeting = threading.Barrier(3, timeout=10)
    gates = [threading.Event() for _ in range(3)]
    for gate in gates:
        gate.wait = lambda _, meeting=meeting: meeting.wait() >= 0
    tools = [waiting_tool(f"tool{number}", gate) for number, gate in enumerate(gates)]
    model = ScriptedModel([asks_for(*(a_call(one.name, one.name) for one in tools))], [STOP])
    events = await told(model, *tools)
    assert [event.success for event in events if isinstance(event, ToolReturned)] == [True] * 3


async def test_after_eight_rounds_of_tools_the_reply_ends():
    model = ScriptedModel([TextDelta("."), asks_for(a_call("1", "double", '{"number": 1}'))])
    events = await told(model)
    assert MAX_TOOL_ROUNDS == len(model.requests) == 8
    assert sum(isinstance(event, ToolReturned) for event in events) == 8
    assert events[-1] == done(FinishReason.TOOL_LIMIT, prompt_tokens=80, completion_tokens=16)


async def test_a_model_that_fails_at_once_fails_the_reply():
    model = ScriptedModel([ModelError("no such model", type="model_rejected")])
    assert await told(model) == [ReplyFailed(content="no such model", type="model_rejected")]
    assert model.open_streams == 0


async def test_a_stream_that_breaks_keeps_what_was_said():
    model = ScriptedModel([TextDelta("It is"), ModelError("cut", type="model_stream_broken")])
    assert await told(model) == [
        TextDelta("It is"),
        ReplyFailed(content="cut", type="model_stream_broken"),
    ]


async def test_a_model_that_fails_after_its_tools_fails_the_reply():
    model = ScriptedModel([asks_for(a_call("1", "refuse"))], [ModelError("cut", type="model_unreachable")])
    events = await told(model)
    assert [type(event) for event in events] == [ToolCalled, ToolReturned, ReplyFailed]


async def test_tokens_are_estimated_where_the_service_counts_none():
    uncounted = ModelFinished(finish_reason=FinishReason.STOP)
    (*_, last) = await told(ScriptedModel([TextDelta("好的"), TextDelta("okay"), uncounted]))
    assert last.token_count == last.usage.completion_tokens == 3
    assert last.usage.prompt_tokens == 4


async def test_closing_the_reply_closes_the_models_stream():
    never = asyncio.Event()
    model = ScriptedModel([TextDelta("It"), never, STOP])
    events = engine(model).run(request(), message_id="msg_1")
    assert await anext(events) == TextDelta("It")
    assert model.open_streams == 1
    await events.aclose()
    assert model.open_streams == 0


async def test_cancelling_the_reply_closes_the_models_stream():
    asked, never = asyncio.Event(), asyncio.Event()
    model = ScriptedModel([asked.set, never, STOP])
    task = asyncio.create_task(told(model))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.open_streams == 0
