import json

import pytest

from parley.models.reply_blocks import RedactedThought, SpokenBlocks, Thought
from parley.models.types import ChatTurn
from tests.fakes.anthropic_answers import REDACTED, SIGNATURE

THOUGHT = {"type": "thinking", "thinking": "Let me think.", "signature": SIGNATURE}


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
