"""Answers that take as long as a model takes: the event stream, and the long wait for one JSON."""

import asyncio
from collections.abc import AsyncGenerator

from fastapi.responses import JSONResponse, Response, StreamingResponse

from functions.messages.schemas import ExchangeBody, MessageBody
from parley.chat.replies import Exchange
from parley.chat.reply_runs import ReplyRun
from parley.domain.events import ReplyFailed
from parley.domain.messages import Message
from parley.domain.reply_logs import NumberedEvent
from parley.http.envelope import Answers
from parley.wire import PING_SECONDS, SSE_PING, encode_sse

# A streaming integration is cut after 5 minutes of silence. Until this long the status can still be chosen.
_SILENCE_SECONDS = 20.0


def event_stream(batches: AsyncGenerator[list[NumberedEvent]]) -> StreamingResponse:
    return StreamingResponse(
        _encoded(batches),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _encoded(batches: AsyncGenerator[list[NumberedEvent]]) -> AsyncGenerator[bytes]:
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
            yield b"".join(encode_sse(number, event) for number, event in batch)
            waiting = asyncio.ensure_future(anext(batches, None))
    finally:
        waiting.cancel()


async def long_answer(run: ReplyRun, exchange: Exchange, answers: Answers) -> Response:
    """201 with both messages, or 502 with the model's reason.

    After 20 s the status line has to go out: then it is 201 with white space, which JSON allows in front,
    until the envelope follows. What the envelope says counts.
    """
    result = asyncio.ensure_future(run.result())
    await asyncio.wait((result,), timeout=_SILENCE_SECONDS)
    if result.done():
        return _answer(exchange, answers, *result.result())

    async def padded() -> AsyncGenerator[bytes]:
        while not result.done():
            yield b" "
            await asyncio.wait((result,), timeout=_SILENCE_SECONDS)
        yield bytes(_answer(exchange, answers, *result.result()).body)

    return StreamingResponse(padded(), status_code=201, media_type="application/json")


def _answer(
    exchange: Exchange, answers: Answers, reply: Message, failure: ReplyFailed | None
) -> JSONResponse:
    if failure is not None:
        return answers.model_failure(failure.content, type=failure.type)
    body = ExchangeBody(
        user_message=MessageBody.of(exchange.user_message), assistant_message=MessageBody.of(reply)
    )
    return JSONResponse(answers.success(body, "created").model_dump(mode="json"), status_code=201)
