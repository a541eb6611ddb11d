import asyncio
import json

import httpx
import pytest

from parley.domain.events import FinishReason, Usage
from parley.models.openai import OpenAIModel
from parley.models.types import ChatTurn, ModelRequest, ToolRequest, ToolSpec
from tests.fakes.model_server import ModelServer
from tests.parley.models.conftest import KEY

CALCULATOR = ToolSpec(name="calculator", description="Counts.", parameters={"type": "object"})


def test_a_reply_streams_with_its_usage(ask):
    outcome = ask("fake:normal:20")
    assert outcome.text == "".join(f"word{index} " for index in range(20))
    assert len(outcome.events) == 21
    assert outcome.finished.finish_reason is FinishReason.STOP
    assert outcome.finished.usage == Usage(prompt_tokens=7, completion_tokens=20)


@pytest.mark.parametrize(
    "scenario", ["comments", "crlf", "trickle", "no-done", "no-finish", "usage-with-last"]
)
def test_dialects_of_the_stream_make_no_difference(ask, scenario):
    outcome = ask(f"fake:{scenario}")
    assert outcome.text.replace("字", "").startswith("word0 word1 word2 ")
    assert outcome.finished.finish_reason is FinishReason.STOP


def test_usage_may_come_with_the_last_choice_or_not_at_all(ask):
    assert ask("fake:usage-with-last").finished.usage == Usage(prompt_tokens=7, completion_tokens=3)
    assert ask("fake:no-usage").finished.usage is None


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thinking_is_told_when_it_is_enabled_only(ask, field):
    outcome = ask(f"fake:reasoning:{field}", thinking_enabled=True)
    assert (outcome.thinking, outcome.text) == ("Let me think.", "word0 word1 word2 ")
    outcome = ask(f"fake:reasoning:{field}")
    assert (outcome.thinking, outcome.text) == ("", "word0 word1 word2 ")


@pytest.mark.parametrize(
    ("reason", "finish_reason"),
    [("stop", FinishReason.STOP), ("length", FinishReason.LENGTH), ("eos", FinishReason.STOP)],
)
def test_finish_reasons_are_understood(ask, reason, finish_reason):
    assert ask(f"fake:length:{reason}").finished.finish_reason is finish_reason


@pytest.mark.parametrize(
    ("reason", "type"), [("content_filter", "model_rejected"), ("network_error", "model_stream_broken")]
)
def test_a_finish_reason_that_is_a_failure_is_one(ask, reason, type):
    outcome = ask(f"fake:length:{reason}")
    assert outcome.text
    assert outcome.failure[0] == type


@pytest.mark.parametrize("dialect", ["split", "whole", "same-index", "no-id"])
def test_tool_calls_are_put_together_from_their_pieces(ask, dialect):
    outcome = ask(f"fake:tools:{dialect}")
    requests = outcome.finished.tool_requests
    assert [request.name for request in requests] == ["calculator", "date_time"]
    assert [json.loads(request.arguments) for request in requests] == [
        {"expression": "6*7"},
        {"operation": "now"},
    ]
    ids = [request.id for request in requests]
    assert ids == ["id_a", "id_b"] if dialect != "no-id" else len(set(filter(None, ids))) == 2
    assert outcome.text == "Let me see. "


@pytest.mark.parametrize(
    ("dialect", "name", "arguments"),
    [
        ("legacy", "calculator", {"expression": "6*7"}),
        ("object", "calculator", {"expression": "6*7"}),
        ("no-arguments", "date_time", {}),
    ],
)
def test_odd_tool_calls_are_understood(ask, dialect, name, arguments):
    [request] = ask(f"fake:tools:{dialect}").finished.tool_requests
    assert (request.name, json.loads(request.arguments)) == (name, arguments)
    assert request.id


def test_a_call_without_a_name_breaks_the_stream(ask):
    assert ask("fake:tools:nameless").failure[0] == "model_stream_broken"


def test_a_service_that_does_not_stream_is_understood(ask):
    outcome = ask("fake:whole", thinking_enabled=True)
    assert (outcome.thinking, outcome.text) == ("Hm.", "all at once")
    assert outcome.finished.usage == Usage(prompt_tokens=7, completion_tokens=3)
    requests = ask("fake:whole", tools=[CALCULATOR]).finished.tool_requests
    assert [(request.id, request.name) for request in requests] == [
        ("id_calculator", "calculator"),
        ("id_date_time", "date_time"),
    ]


def test_the_request_says_all_that_the_conversation_holds(ask, model_server):
    requests = (
        ToolRequest(id="a", name="calculator", arguments='{"expression": "1"}'),
        ToolRequest(id="b", name="calculator", arguments="{broken"),
    )
    turns = [
        ChatTurn(role="system", content="Be kind."),
        ChatTurn(role="assistant", content="", tool_requests=requests),
        ChatTurn(role="tool", content='{"result": 1}', tool_request_id="a"),
        ChatTurn(role="assistant", content="One."),
    ]
    ask("你好", turns=turns, tools=[CALCULATOR], temperature=0.3, max_tokens=99)
    [request] = model_server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept"] == "text/event-stream"
    assert request.body == {
        "model": "fake",
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.3,
        "max_tokens": 99,
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "calculator",
                    "description": "Counts.",
                    "parameters": {"type": "object"},
                },
            }
        ],
        "messages": [
            {"role": "system", "content": "Be kind."},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "a",
                        "type": "function",
                        "function": {"name": "calculator", "arguments": '{"expression": "1"}'},
                    },
                    {"id": "b", "type": "function", "function": {"name": "calculator", "arguments": "{}"}},
                ],
            },
            {"role": "tool", "tool_call_id": "a", "content": '{"result": 1}'},
            {"role": "assistant", "content": "One."},
            {"role": "user", "content": "你好"},
        ],
    }


def test_the_connection_serves_the_next_round():
    async def run(url: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            model = OpenAIModel(base_url=url, client=lambda: client)
            for scenario in ("normal", "tools", "crlf"):
                turn = ChatTurn(role="user", content=f"fake:{scenario}")
                assert [event async for event in model.stream(ModelRequest(model="fake", turns=[turn]))]

    with ModelServer() as server:
        asyncio.run(run(server.url))
        assert (server.connection_count, len(server.requests)) == (1, 3)
