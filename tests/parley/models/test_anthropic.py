import asyncio
import json
from contextlib import aclosing

import httpx
import pytest

from parley.domain.events import FinishReason, Usage
from parley.models.anthropic import AnthropicModel
from parley.models.types import ChatTurn, ModelRequest, ToolRequest, ToolSpec
from tests.fakes.model_server import ModelServer
from tests.parley.models.conftest import KEY

CALCULATOR = ToolSpec(name="calculator", description="Counts.", parameters={"type": "object"})


def test_a_reply_streams_with_its_usage_which_counts_the_cached_tokens(ask_claude):
    outcome = ask_claude("fake:normal:20")
    assert outcome.text == "".join(f"word{index} " for index in range(20))
    assert len(outcome.events) == 21
    assert outcome.finished.finish_reason is FinishReason.STOP
    assert outcome.finished.usage == Usage(prompt_tokens=7, completion_tokens=20)
    assert outcome.finished.continuation is None


def test_the_boundaries_of_the_chunks_make_no_difference(ask_claude):
    outcome = ask_claude("fake:trickle", thinking_enabled=True)
    assert (outcome.thinking, outcome.text) == ("Let me think.", "字é 😀")
    [request] = outcome.finished.tool_requests
    assert (request.name, json.loads(request.arguments)) == ("calculator", {"expression": "6*7"})


@pytest.mark.parametrize("scenario", ["crlf", "no-usage"])
def test_dialects_of_the_stream_make_no_difference(ask_claude, scenario):
    outcome = ask_claude(f"fake:{scenario}")
    assert outcome.text.startswith("word0 ")
    assert outcome.finished.finish_reason is FinishReason.STOP
    assert (outcome.finished.usage is None) == (scenario == "no-usage")


def test_thinking_is_told_when_it_is_enabled_only(ask_claude):
    outcome = ask_claude("fake:reasoning", thinking_enabled=True)
    assert (outcome.thinking, outcome.text) == ("Let me think.", "word0 word1 word2 ")
    outcome = ask_claude("fake:reasoning")
    assert (outcome.thinking, outcome.text) == ("", "word0 word1 word2 ")


@pytest.mark.parametrize(
    ("reason", "finish_reason"),
    [
        ("end_turn", FinishReason.STOP),
        ("stop_sequence", FinishReason.STOP),
        ("tool_use", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("pause_turn", FinishReason.LENGTH),
    ],
)
def test_stop_reasons_are_understood(ask_claude, reason, finish_reason):
    assert ask_claude(f"fake:length:{reason}").finished.finish_reason is finish_reason


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("refusal", "The model refused to answer."),
        ("refusal:violence", "The model refused to answer: violence"),
    ],
)
def test_a_refusal_of_the_model_is_told_as_one(ask_claude, scenario, reason):
    outcome = ask_claude(f"fake:{scenario}")
    assert outcome.text == "Well, "
    assert outcome.failure == ("model_rejected", reason)


def test_a_service_that_does_not_stream_is_understood(ask_claude):
    outcome = ask_claude("fake:whole", thinking_enabled=True, tools=[CALCULATOR])
    assert (outcome.thinking, outcome.text) == ("Hm.", "all at once")
    assert outcome.finished.usage == Usage(prompt_tokens=7, completion_tokens=3)
    [request] = outcome.finished.tool_requests
    assert (request.id, request.name, request.arguments) == ("toolu_a", "calculator", '{"expression": "6*7"}')


def test_the_request_says_all_that_the_conversation_holds(ask_claude, model_server):
    requests = (
        ToolRequest(id="a", name="calculator", arguments='{"expression": "1"}'),
        ToolRequest(id="b", name="calculator", arguments="{broken"),
    )
    turns = [
        ChatTurn(role="system", content="Be kind."),
        ChatTurn(role="assistant", content="An answer to what the window no longer shows."),
        ChatTurn(role="user", content="What is 1?"),
        ChatTurn(role="assistant", content="", tool_requests=requests),
        ChatTurn(role="tool", content='{"result": 1}', tool_request_id="a"),
        ChatTurn(role="tool", content="no JSON", tool_request_id="b"),
        ChatTurn(role="assistant", content=" "),
        ChatTurn(role="user", content="And?"),
    ]
    ask_claude("你好", turns=turns, tools=[CALCULATOR], temperature=0.3, max_tokens=99)
    [request] = model_server.requests
    assert request.path == "/v1/messages"
    assert request.headers["x-api-key"] == KEY
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in request.headers
    assert request.body == {
        "model": "fake",
        "stream": True,
        "temperature": 0.3,
        "max_tokens": 99,
        "system": "Be kind.",
        "tools": [{"name": "calculator", "description": "Counts.", "input_schema": {"type": "object"}}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "What is 1?"}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "tool_use", "id": "a", "name": "calculator", "input": {"expression": "1"}},
                    {"type": "tool_use", "id": "b", "name": "calculator", "input": {}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "a", "content": '{"result": 1}'},
                    {"type": "tool_result", "tool_use_id": "b", "content": "no JSON"},
                    {"type": "text", "text": "And?"},
                    {"type": "text", "text": "你好"},
                ],
            },
        ],
    }


def test_closing_the_stream_closes_the_connection_at_once():
    async def run(server: ModelServer) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            model = AnthropicModel(base_url=server.url, client=lambda: client)
            request = ModelRequest(model="fake", turns=[ChatTurn(role="user", content="fake:half:silence")])
            async with aclosing(model.stream(request)) as events:
                await anext(events)
            assert await asyncio.to_thread(server.wait_for_ended_connection)

    with ModelServer() as server:
        asyncio.run(run(server))
