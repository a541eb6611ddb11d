"""Answers that take as long as a model takes: the event stream, and the long wait for one JSON."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import replace

from fastapi.responses import JSONResponse, Response, StreamingResponse

from functions.messages.schemas import ExchangeBody, MessageBody
from parley.chat.keyed_sends import EarlierExchange
from parley.chat.replays import failure_of
from parley.chat.reply_readers import ReplyReader
from parley.domain.events import ReplyFailed
from parley.domain.messages import Message
from parley.domain.reply_logs import NumberedEvent
from parley.http.envelope import Answers
from parley.http.event_streams import event_stream
from parley.http.idempotency import REPLAYED
from parley.wire import encode_sse

type Result = tuple[Message, ReplyFailed | None]

# A streaming integration is cut after 5 minutes of silence. Until this long the status can still be chosen.
_SILENCE_SECONDS = 20.0


def reply_stream(batches: AsyncGenerator[list[NumberedEvent]], answers: Answers) -> StreamingResponse:
    return event_stream(
        batches,
        lambda batch: b"".join(encode_sse(number, event) for number, event in _said(batch, answers)),
    )


async def repeated_stream(
    reader: ReplyReader, user_id: str, exchange: EarlierExchange, answers: Answers
) -> StreamingResponse:
    """The same events from the first on, and on with the reply where it is still being written."""
    position = await asyncio.to_thread(reader.open, user_id, exchange.reply_id, 0)
    response = reply_stream(reader.events(position), answers)
    response.headers.update(REPLAYED)
    return response


def _said(batch: list[NumberedEvent], answers: Answers) -> list[NumberedEvent]:
    """A failure, which is always the last event, in the caller's language."""
    match batch:
        case [*others, (number, ReplyFailed() as failure)]:
            return [*others, (number, replace(failure, content=answers.say(failure.content)))]
    return batch


async def repeated_answer(
    reader: ReplyReader, user_id: str, exchange: EarlierExchange, answers: Answers
) -> Response:
    """The same answer, once there is one. Raises `MessageNotFoundError` where the reply was deleted."""

    async def result() -> Result:
        reply = await reader.wait_for_reply(user_id, exchange.reply_id)
        return reply, failure_of(reply)

    response = await long_answer(result(), exchange.user_message, answers)
    response.headers.update(REPLAYED)
    return response


async def long_answer(
    coming: Coroutine[None, None, Result], user_message: Message, answers: Answers
) -> Response:
    """201 with both messages, or 502 with the model's reason.

    After 20 s the status line has to go out: then it is 201 with white space, which JSON allows in front,
    until the envelope follows. What the envelope says counts.
    """
    result = asyncio.ensure_future(coming)
    await asyncio.wait((result,), timeout=_SILENCE_SECONDS)
    if result.done():
        return _answer(user_message, answers, *result.result())

    async def padded() -> AsyncGenerator[bytes]:
        while not result.done():
            yield b" "
            await asyncio.wait((result,), timeout=_SILENCE_SECONDS)
        yield bytes(_answer(user_message, answers, *result.result()).body)

    return StreamingResponse(padded(), status_code=201, media_type="application/json")


def _answer(
    user_message: Message, answers: Answers, reply: Message, failure: ReplyFailed | None
) -> JSONResponse:
    if failure is not None:
        return answers.model_failure(failure.content, type=failure.type)
    body = ExchangeBody(user_message=MessageBody.of(user_message), assistant_message=MessageBody.of(reply))
    return JSONResponse(answers.success(body, "created").model_dump(mode="json"), status_code=201)
