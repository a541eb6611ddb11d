"""Bedrock as an emulator of others understands it, which has a model of ours answer."""

import asyncio

import pytest

from parley.chat.engine import ReplyEngine
from parley.chat.tool_runs import ToolRunner
from parley.domain.clock import now
from parley.domain.events import FinishReason, ReplyDone, TextDelta, ToolCalled, ToolReturned
from parley.models.bedrock import BedrockModel
from parley.models.types import ChatTurn, ModelError, ModelRequest
from parley.tools.calculator import calculator
from parley.tools.date_time import date_time_tool
from parley.tools.registry import ToolRegistry
from tests.fakes.tools import CONTEXT

pytestmark = pytest.mark.xdist_group("emulator")

MODEL = "us.anthropic.claude-opus-5-v1:0"


@pytest.fixture
def model(emulator, aws_environment):
    return BedrockModel(region="us-east-1", endpoint_url=emulator.url)


async def events_of(model, content):
    tools = ToolRunner(ToolRegistry([calculator, date_time_tool(now)]), CONTEXT, enabled=True)
    turns = [ChatTurn(role="system", content="Be brief."), ChatTurn(role="user", content=content)]
    request = ModelRequest(model=MODEL, turns=turns, temperature=0.5, tools=tools.specs())
    return [event async for event in ReplyEngine(model, tools).run(request, message_id="msg_1")]


def test_a_conversation_with_parallel_tools(emulator, model):
    events = asyncio.run(events_of(model, "What is 6*7, and when?"))
    calls = [event for event in events if isinstance(event, ToolCalled)]
    results = [event for event in events if isinstance(event, ToolReturned)]
    assert [(call.name, call.arguments) for call in calls] == [
        ("calculator", {"expression": "6*7"}),
        ("date_time", {"operation": "now"}),
    ]
    assert {result.id for result in results} == {call.id for call in calls}
    assert all(result.success for result in results)
    after = [event for event in events[events.index(results[-1]) :] if isinstance(event, TextDelta)]
    assert "".join(event.content for event in after) == "all at once"
    assert isinstance(events[-1], ReplyDone)
    assert events[-1].finish_reason is FinishReason.STOP
    assert (events[-1].usage.prompt_tokens, events[-1].usage.completion_tokens) == (14, 6)


def test_the_model_is_told_what_the_tools_said(emulator, model):
    emulator.models.requests.clear()
    asyncio.run(events_of(model, "What is 6*7?"))
    first, second = [request.body for request in emulator.models.requests]
    assert (first["model"], first["temperature"], first["max_tokens"]) == (MODEL, 0.5, 65_536)
    assert [tool["function"]["name"] for tool in first["tools"]] == ["calculator", "date_time"]
    roles = [message["role"] for message in second["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "tool"]
    assert '"result": 42' in second["messages"][3]["content"]


def test_a_refusal_is_told(emulator, model):
    async def ask():
        request = ModelRequest(model="arn:aws:bedrock:us-east-1::nonsense", turns=[])
        return [event async for event in model.stream(request)]

    with pytest.raises(ModelError) as raised:
        asyncio.run(ask())
    assert raised.value.reason.startswith("Bedrock answered ValidationException: Invalid modelId ARN")


def test_the_models_are_listed(emulator, model):
    names = asyncio.run(model.list_models())
    assert any("claude" in name for name in names)
