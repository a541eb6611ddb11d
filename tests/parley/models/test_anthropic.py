import asyncio
import json
from contextlib import aclosing

import httpx
import pytest

from parley.domain.events import FinishReason, Usage
from parley.models.anthropic import AnthropicModel
from parley.models.reply_blocks import RedactedThought, SpokenBlocks, Thought
from parley.models.types import ChatTurn, ModelRequest, ToolRequest, ToolSpec
from tests.fakes.anthropic_answers import REDACTED, SIGNATURE
from tests.fakes.model_server import ModelServer
from tests.parley.models.conftest import KEY

CALCULATOR = ToolSpec(name="calculator", description="Counts.", parameters={"type": "object"})
THOUGHT = {"type": "thinking", "thinking": "Let me think.", "signature": SIGNATURE}


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


def test_parallel_tool_calls_are_put_together_from_their_pieces(ask_claude):
    outcome = ask_claude("fake:tools")
    assert outcome.text == "Let me see. "
    assert [
        (request.id, request.name, json.loads(request.arguments))
        for request in outcome.finished.tool_requests
    ] == [
        ("toolu_a", "calculator", {"expression": "6*7"}),
        ("toolu_b", "date_time", {"operation": "now"}),
    ]


@pytest.mark.parametrize(
    ("dialect", "name", "arguments"),
    [
        ("no-arguments", "date_time", "{}"),
        ("no-id", "calculator", '{"expression": "6*7"}'),
        ("object", "calculator", '{"expression": "6*7"}'),
        ("broken", "calculator", '{"expression":'),
    ],
)
def test_odd_tool_calls_are_understood(ask_claude, dialect, name, arguments):
    [request] = ask_claude(f"fake:tools:{dialect}").finished.tool_requests
    assert (request.name, request.arguments) == (name, arguments)
    assert request.id


def test_a_call_without_a_name_breaks_the_stream(ask_claude):
    assert ask_claude("fake:tools:nameless").failure[0] == "model_stream_broken"


def test_a_service_that_does_not_stream_is_understood(ask_claude):
    outcome = ask_claude("fake:whole", thinking_enabled=True, tools=[CALCULATOR])
    assert (outcome.thinking, outcome.text) == ("Hm.", "all at once")
    assert outcome.finished.usage == Usage(prompt_tokens=7, completion_tokens=3)
    [request] = outcome.finished.tool_requests
    assert (request.id, request.name, request.arguments) == ("toolu_a", "calculator", '{"expression": "6*7"}')


@pytest.mark.parametrize("dialect", ["split", "broken"])
def test_signed_thinking_is_given_back_with_the_results_of_its_calls(ask_claude, model_server, dialect):
    question = ChatTurn(role="user", content=f"fake:tools:{dialect}")
    finished = ask_claude(question.content, thinking_enabled=True).finished
    asked = ChatTurn(
        role="assistant",
        content="Let me see. ",
        tool_requests=finished.tool_requests,
        continuation=finished.continuation,
    )
    results = [
        ChatTurn(role="tool", content=f"result {index}", tool_request_id=request.id)
        for index, request in enumerate(finished.tool_requests)
    ]
    outcome = ask_claude("", turns=[question, asked, *results], thinking_enabled=True)
    assert outcome.text.startswith("The tools said: result 0")
    user, assistant, told = model_server.requests[-1].body["messages"]
    expression = {"expression": "6*7"} if dialect == "split" else {}
    assert assistant["content"][:3] == [
        THOUGHT,
        {"type": "text", "text": "Let me see. "},
        {"type": "tool_use", "id": "toolu_a", "name": "calculator", "input": expression},
    ]
    assert [block["tool_use_id"] for block in told["content"]] == [
        request.id for request in finished.tool_requests
    ]
    assert (user["role"], assistant["role"], told["role"]) == ("user", "assistant", "user")


@pytest.mark.parametrize("told", ["", "Let me think."])
def test_thinking_is_given_back_as_it_came_also_where_nobody_may_read_it(ask_claude, model_server, told):
    said = SpokenBlocks((RedactedThought(REDACTED), Thought(told, SIGNATURE), "Well."))
    turns = [
        ChatTurn(role="user", content="Hm?"),
        ChatTurn(role="assistant", content="Well.", continuation=said),
    ]
    ask_claude("And?", turns=turns)
    assert model_server.requests[-1].body["messages"][1]["content"] == [
        {"type": "redacted_thinking", "data": REDACTED},
        {"type": "thinking", "thinking": told, "signature": SIGNATURE},
        {"type": "text", "text": "Well."},
    ]


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
