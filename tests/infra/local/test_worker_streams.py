"""Real worker processes that stream, under both runtimes."""

from pathlib import Path
from typing import Any

import pytest

from infra.local.invocations import InvocationResult, StreamBrokenError, StreamedResult
from tests.infra.local.invoking import run
from tests.infra.local.projects import LambdaProject

STREAMING = """
import asyncio, os, time, urllib.parse
from parley_streaming.adapter import StreamingMangum

async def app(scope, receive, send):
    end, _, gate = urllib.parse.unquote(scope["query_string"].decode()).partition("=")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    while gate and not os.path.exists(gate):
        await asyncio.sleep(0.005)
    if end == "die":
        os._exit(5)
    if end == "hang":
        time.sleep(60)
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})

handler = StreamingMangum(app, lifespan="off")
"""


def http_event(query: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "resource": "/",
        "path": "/",
        "httpMethod": "GET",
        "headers": {"Host": "localhost"},
        "multiValueHeaders": {"Host": ["localhost"]},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
        "requestContext": {"path": "/", "stage": "local", "identity": {"sourceIp": "127.0.0.1"}},
        "body": None,
        "isBase64Encoded": False,
    }


async def collect(result: InvocationResult) -> bytes:
    assert isinstance(result, StreamedResult), result
    return b"".join([chunk async for chunk in result.chunks])


@pytest.mark.parametrize("runtime", ["", "plain"])
def test_a_streaming_function_streams_and_its_worker_is_used_again(
    project: LambdaProject, runtime: str
) -> None:
    project.add("streaming", STREAMING, streaming=True)

    async def test() -> None:
        async with project.running(settings={"PARLEY_LOCAL_RUNTIME": runtime}) as service:
            first = await service.invoke("streaming", http_event())
            assert isinstance(first, StreamedResult)
            assert first.prelude["statusCode"] == 200
            content = await collect(first)
            assert content.startswith(b"one")
            await project.idle_again(invocations=1)
            assert await collect(await service.invoke("streaming", http_event())) == content

    run(test)


@pytest.mark.parametrize(
    ("end", "type_"), [("die", "Runtime.TruncatedResponse"), ("hang", "Sandbox.Timedout")]
)
def test_a_stream_whose_function_dies_or_times_out_breaks(
    project: LambdaProject, tmp_path: Path, end: str, type_: str
) -> None:
    project.add("streaming", STREAMING, streaming=True, timeout_seconds=2)

    async def test() -> None:
        async with project.running() as service:
            begun = await service.invoke("streaming", http_event({end: str(tmp_path / "gate")}))
            assert isinstance(begun, StreamedResult), begun
            assert await anext(begun.chunks) == b"one"
            (tmp_path / "gate").touch()
            with pytest.raises(StreamBrokenError) as caught:
                await collect(begun)
            assert caught.value.type == type_
            assert (await collect(await service.invoke("streaming", http_event()))).startswith(b"one")

    run(test)
