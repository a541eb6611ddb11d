"""The thread of a call: it ends with its stream, and its connection goes on to the next."""

import asyncio
import threading
from contextlib import aclosing

import pytest

from parley.models.bedrock import BedrockModel
from parley.models.types import ChatTurn, ModelRequest
from tests.fakes.model_server import ModelServer


def bedrock_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "bedrock-call"]


@pytest.mark.parametrize("scenario", ["hang", "hang:headers", "half:silence"])
def test_closing_the_stream_closes_the_connection_and_ends_the_thread(aws_environment, scenario):
    async def run(server: ModelServer) -> None:
        model = BedrockModel(region="us-east-1", endpoint_url=server.url.removesuffix("/v1"))
        request = ModelRequest(model="fake", turns=[ChatTurn(role="user", content=f"fake:{scenario}")])
        async with aclosing(model.stream(request)) as events:
            first = asyncio.ensure_future(anext(events))
            await asyncio.to_thread(server.wait_for_request)
            if scenario == "half:silence":
                await first
            first.cancel()
            await asyncio.wait([first])
        assert await asyncio.to_thread(server.wait_for_ended_connection)
        for thread in bedrock_threads():
            await asyncio.to_thread(thread.join, 5)
        assert bedrock_threads() == []
        assert len(server.requests) == 1

    with ModelServer() as server:
        asyncio.run(run(server))


def test_the_connection_serves_the_next_round(aws_environment):
    async def run(server: ModelServer) -> None:
        model = BedrockModel(region="us-east-1", endpoint_url=server.url.removesuffix("/v1"))
        for scenario in ("normal", "tools", "normal"):
            turn = ChatTurn(role="user", content=f"fake:{scenario}")
            assert [event async for event in model.stream(ModelRequest(model="fake", turns=[turn]))]

    with ModelServer() as server:
        asyncio.run(run(server))
        assert (server.connection_count, len(server.requests)) == (1, 3)
