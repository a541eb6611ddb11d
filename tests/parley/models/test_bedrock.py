import asyncio
import json

import pytest

from parley.domain.events import FinishReason, Usage
from parley.models.bedrock import BedrockModel
from parley.models.service_limits import ServiceLimits
from parley.models.types import ChatTurn, ToolRequest, ToolSpec
from tests.fakes.bedrock_answers import SIGNATURE

CALCULATOR = ToolSpec(name="calculator", description="Counts.", parameters={"type": "object"})
CLAUDE = "us.anthropic.claude-opus-5-v1:0"


def test_a_reply_streams_with_its_usage_which_counts_the_cached_tokens(ask_bedrock):
    outcome = ask_bedrock("fake:normal:20")
    assert outcome.text == "".join(f"word{index} " for index in range(20))
    assert len(outcome.events) == 21
    assert outcome.finished.finish_reason is FinishReason.STOP
    assert outcome.finished.usage == Usage(prompt_tokens=7, completion_tokens=20)
    assert outcome.finished.continuation is None


def test_the_boundaries_of_the_chunks_make_no_difference(ask_bedrock):
    outcome = ask_bedrock("fake:trickle", thinking_enabled=True)
    assert (outcome.thinking, outcome.text) == ("Let me think.", "字é 😀")
    [request] = outcome.finished.tool_requests
    assert (request.name, json.loads(request.arguments)) == ("calculator", {"expression": "6*7"})


def test_thinking_is_told_when_it_is_enabled_only(ask_bedrock):
    outcome = ask_bedrock("fake:reasoning", thinking_enabled=True)
    assert (outcome.thinking, outcome.text) == ("Let me think.", "word0 word1 word2 ")
    outcome = ask_bedrock("fake:reasoning")
    assert (outcome.thinking, outcome.text) == ("", "word0 word1 word2 ")


@pytest.mark.parametrize(
    ("reason", "finish_reason"),
    [
        ("end_turn", FinishReason.STOP),
        ("stop_sequence", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
    ],
)
def test_stop_reasons_are_understood(ask_bedrock, reason, finish_reason):
    assert ask_bedrock(f"fake:stops:{reason}").finished.finish_reason is finish_reason


@pytest.mark.parametrize(
    ("reason", "type"),
    [
        ("content_filtered", "model_rejected"),
        ("guardrail_intervened", "model_rejected"),
        ("malformed_tool_use", "model_stream_broken"),
    ],
)
def test_a_stop_reason_that_is_a_failure_is_one(ask_bedrock, reason, type):
    outcome = ask_bedrock(f"fake:stops:{reason}")
    assert outcome.text
    assert outcome.failure[0] == type


def test_signed_thinking_is_given_back_with_the_results_of_its_calls(ask_bedrock, model_server):
    question = ChatTurn(role="user", content="fake:tools")
    options = {"thinking_enabled": True, "model": CLAUDE, "tools": [CALCULATOR]}
    outcome = ask_bedrock(question.content, **options)
    finished = outcome.finished
    assert (outcome.thinking, outcome.text) == ("Let me think.", "Let me see. ")
    asked = ChatTurn(
        role="assistant",
        content=outcome.text,
        tool_requests=finished.tool_requests,
        continuation=finished.continuation,
    )
    results = [
        ChatTurn(role="tool", content=content, tool_request_id=request.id)
        for request, content in zip(finished.tool_requests, ["42", ""], strict=True)
    ]
    outcome = ask_bedrock("", turns=[question, asked, *results], **options)
    assert outcome.text == "The tools said: 42 and (nothing)"
    _, assistant, told = model_server.requests[-1].body["messages"]
    assert assistant["content"] == [
        {"reasoningContent": {"reasoningText": {"text": "Let me think.", "signature": SIGNATURE}}},
        {"reasoningContent": {"redactedContent": "ZW5jcnlwdGVk"}},
        {"text": "Let me see. "},
        {"toolUse": {"toolUseId": "tooluse_a", "name": "calculator", "input": {"expression": "6*7"}}},
        {"toolUse": {"toolUseId": "tooluse_b", "name": "date_time", "input": {"operation": "now"}}},
    ]
    assert told == {
        "role": "user",
        "content": [
            {"toolResult": {"toolUseId": "tooluse_a", "content": [{"text": "42"}]}},
            {"toolResult": {"toolUseId": "tooluse_b", "content": [{"text": "(nothing)"}]}},
        ],
    }


def test_the_request_says_all_that_the_conversation_holds(ask_bedrock, model_server):
    turns = [
        ChatTurn(role="system", content="Be kind."),
        ChatTurn(role="assistant", content="An answer to what the window no longer shows."),
        ChatTurn(role="user", content="What is 1?"),
        ChatTurn(
            role="assistant",
            content="",
            tool_requests=(ToolRequest(id="a", name="calculator", arguments="{broken"),),
        ),
        ChatTurn(role="tool", content="no JSON", tool_request_id="a"),
    ]
    options = {"temperature": 0.3, "max_tokens": 99, "model": "some.model/with:signs", "tools": [CALCULATOR]}
    ask_bedrock("你好", turns=turns, **options)
    [request] = model_server.requests
    assert request.path == "/model/some.model%2Fwith%3Asigns/converse-stream"
    assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=testing/")
    assert request.body == {
        "inferenceConfig": {"maxTokens": 99, "temperature": 0.3},
        "system": [{"text": "Be kind."}],
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "calculator",
                        "description": "Counts.",
                        "inputSchema": {"json": {"type": "object"}},
                    }
                }
            ]
        },
        "messages": [
            {"role": "user", "content": [{"text": "What is 1?"}]},
            {
                "role": "assistant",
                "content": [{"toolUse": {"toolUseId": "a", "name": "calculator", "input": {}}}],
            },
            {
                "role": "user",
                "content": [
                    {"toolResult": {"toolUseId": "a", "content": [{"text": "no JSON"}]}},
                    {"text": "你好"},
                ],
            },
        ],
    }


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        (CLAUDE, {"type": "adaptive", "display": "summarized"}),
        ("anthropic.claude-sonnet-4-20250514-v1:0", {"type": "enabled", "budget_tokens": 16_000}),
        ("amazon.nova-lite-v1:0", None),
    ],
)
def test_only_claude_is_asked_to_think(ask_bedrock, model_server, model, thinking):
    ask_bedrock("hello", model=model, thinking_enabled=True)
    [request] = model_server.requests
    assert request.body.get("additionalModelRequestFields") == (thinking and {"thinking": thinking})


def test_a_complete_reply_needs_no_end(ask_bedrock):
    limits = ServiceLimits(first_byte_timeout_seconds=30, idle_timeout_seconds=0.5)
    assert ask_bedrock("fake:no-end", limits=limits).finished.finish_reason == "stop"


def test_a_region_tells_its_models_and_profiles(model_server, aws_environment):
    model = BedrockModel(region="us-east-1", endpoint_url=model_server.url.removesuffix("/v1"))
    assert asyncio.run(model.list_models()) == [
        "amazon.nova-lite-v1:0",
        "us.anthropic.claude-opus-5",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/own",
    ]
