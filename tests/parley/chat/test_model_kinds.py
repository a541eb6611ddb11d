"""The same conversation with tools over each kind of model, against a server that speaks its protocol."""

from itertools import groupby

import httpx
import pytest

from parley.chat.engine import ReplyEngine
from parley.chat.tool_runs import ToolRunner
from parley.domain.events import ReplyDone, TextDelta, ThinkingDelta, ToolCalled, ToolReturned
from parley.domain.providers import ProviderKind
from parley.models.kinds import build_model
from parley.models.types import ChatTurn, ModelRequest
from parley.tools.calculator import calculator
from parley.tools.registry import ToolRegistry
from tests.fakes.model_server import ModelServer
from tests.fakes.tools import CONTEXT

pytestmark = pytest.mark.anyio

# Models that are asked to think in a way of their kind.
MODELS = {
    ProviderKind.OPENAI: "glm-5",
    ProviderKind.ANTHROPIC: "claude-opus-5",
    ProviderKind.BEDROCK: "us.anthropic.claude-opus-5",
    ProviderKind.DEMO: "any",
}
KINDS = pytest.mark.parametrize("kind", MODELS)


@pytest.fixture(scope="module")
def server():
    with ModelServer("conversation") as server:
        yield server


@pytest.fixture
def converse(server, aws_environment, monkeypatch):
    """What is told of a reply; the same wiring for every kind."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url.removesuffix("/v1"))
    server.requests.clear()

    async def converse(kind, **options):
        async with httpx.AsyncClient(trust_env=False) as client:
            model = build_model(
                kind, base_url=server.url, api_key="key", client=lambda: client, bedrock_region="us-east-1"
            )
            tools = ToolRunner(ToolRegistry([calculator]), CONTEXT, enabled=True)
            turn = ChatTurn(role="user", content="What is 6*7?")
            request = ModelRequest(model=MODELS[kind], turns=[turn], tools=tools.specs(), **options)
            run = ReplyEngine(model, tools).run(request, message_id="msg_1")
            return [event async for event in run]

    return converse


def kinds_of_events(events):
    return [kind for kind, _ in groupby(map(type, events))]


CALL_AND_REST = [TextDelta, ToolCalled, ToolReturned, TextDelta, ReplyDone]


@KINDS
async def test_a_tool_is_asked_and_its_result_told(converse, kind):
    events = await converse(kind)
    assert kinds_of_events(events) == CALL_AND_REST
    [call] = [event for event in events if isinstance(event, ToolCalled)]
    [result] = [event for event in events if isinstance(event, ToolReturned)]
    assert (call.name, call.arguments["expression"].replace(" ", "")) == ("calculator", "6*7")
    assert (result.id, result.success) == (call.id, True)
    after = events[events.index(result) :]
    assert "42" in "".join(event.content for event in after if isinstance(event, TextDelta))


@KINDS
async def test_thinking_comes_first_and_goes_with_the_call_through_the_tool_loop(converse, server, kind):
    events = await converse(kind, thinking_enabled=True)
    assert kinds_of_events(events) == [ThinkingDelta, *CALL_AND_REST]
    # A thought that did not come back would be refused, and the round asked for again without thinking.
    assert len(server.requests) == (0 if kind is ProviderKind.DEMO else 2)


@KINDS
async def test_the_tokens_of_both_rounds_are_counted(converse, kind):
    *_, done = await converse(kind)
    assert done.usage.prompt_tokens > 0
    if kind is not ProviderKind.DEMO:
        assert done.usage.completion_tokens == done.token_count == 10
