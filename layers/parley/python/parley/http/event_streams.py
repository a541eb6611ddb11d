"""Answers that are a stream of server-sent events, which a longer silence does not break."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from fastapi.responses import StreamingResponse

from parley.http.failures import Responses
from parley.wire import PING_SECONDS, SSE_PING


def documented_stream(
    description: str, data: Mapping[str, dict[str, Any]], *, summary: str, example: bytes
) -> Responses:
    """For the OpenAPI document. `data` are for each event's name the schemas of what it always has."""
    schema = {"oneOf": [_event_schema(name, fields) for name, fields in data.items()]}
    examples = {"stream": {"summary": summary, "value": example.decode()}}
    content = {"text/event-stream": {"schema": schema, "examples": examples}}
    return {200: {"description": description, "content": content}}


def _event_schema(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Of one event as a reader of the stream is given it: `data` is JSON text."""
    content = {"type": "object", "properties": fields, "required": list(fields)}
    properties = {
        "id": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "event": {"const": name},
        "data": {"type": "string", "contentMediaType": "application/json", "contentSchema": content},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def event_stream[Batch](
    batches: AsyncGenerator[Batch], encode: Callable[[Batch], bytes]
) -> StreamingResponse:
    """What waits together is sent together. The generator is left to itself where the client goes."""
    return StreamingResponse(
        _encoded(batches, encode),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _encoded[Batch](
    batches: AsyncGenerator[Batch], encode: Callable[[Batch], bytes]
) -> AsyncGenerator[bytes]:
    waiting = asyncio.ensure_future(anext(batches, None))
    try:
        while True:
            await asyncio.wait((waiting,), timeout=PING_SECONDS)
            if not waiting.done():
                yield SSE_PING
                continue
            batch = waiting.result()
            if batch is None:
                return
            yield encode(batch)
            waiting = asyncio.ensure_future(anext(batches, None))
    finally:
        waiting.cancel()
