"""Messages: send, stream, follow, stop, answer anew, list, delete."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from functions.messages.documentation import EVENT_STREAM, NO_FURTHER_EVENTS
from functions.messages.schemas import ExchangeBody, MessageBody, RegenerateRequest, SendMessageRequest
from functions.messages.streams import long_answer, repeated_answer, repeated_stream, reply_stream
from parley.chat.keyed_sends import EarlierExchange
from parley.chat.replies import ReplyService
from parley.domain.ids import is_message_id
from parley.domain.reply_logs import MAX_EVENT_NUMBER
from parley.errors import (
    ConversationNotFoundError,
    MessageNotFoundError,
    QuestionDeletedError,
    ReplyEndedError,
    ReplyRunningError,
)
from parley.http.auth import CurrentUserDep
from parley.http.deadline import SecondsLeftDep
from parley.http.envelope import AnswersDep, Envelope, ErrorEnvelope, PageBody, PageRequestDep
from parley.http.failures import failure, failures
from parley.http.idempotency import IdempotentRoute, KeyedRequestDep
from parley.observability import annotate

router = APIRouter(prefix="/api/messages", route_class=IdempotentRoute)


def _service(request: Request) -> ReplyService:
    service: ReplyService = request.app.state.replies
    return service


ServiceDep = Annotated[ReplyService, Depends(_service)]
EitherIdPath = Annotated[str, Path(alias="id", description="The conversation's id, or a message's.")]
MessageIdPath = Annotated[str, Path(alias="id", description="The message's id.")]
AfterQuery = Annotated[
    int, Query(ge=0, le=MAX_EVENT_NUMBER, description="The number of the last event that is known.")
]
LastEventIdHeader = Annotated[
    int | None,
    Header(ge=0, le=MAX_EVENT_NUMBER, description="What an `EventSource` sends; goes before `after`."),
]
_REFUSED = failures(ConversationNotFoundError, ReplyRunningError)


@router.post(
    "",
    status_code=201,
    response_model=Envelope[ExchangeBody] | ErrorEnvelope,
    responses=_REFUSED | failure(502, "model_error"),
)
async def send_message(
    *,
    body: SendMessageRequest,
    user: CurrentUserDep,
    service: ServiceDep,
    answers: AnswersDep,
    seconds_left: SecondsLeftDep,
    keyed: KeyedRequestDep,
) -> Response:
    """Send a message and wait for the whole reply

    However long the model takes, up to 15 minutes. After 20 s the status is 201 whatever happens, and white
    space keeps the connection alive: then the envelope says how it ended.
    """
    annotate(conversation_id=body.conversation_id)
    message = (user.id, body.conversation_id, body.content)
    exchange = await asyncio.to_thread(service.post_message, *message, keyed)
    if isinstance(exchange, EarlierExchange):
        return await repeated_answer(service.reader, user.id, exchange, answers)
    run = service.start(exchange, tools_enabled=body.tools_enabled, seconds_left=seconds_left)
    return await long_answer(run.result(), exchange.user_message, answers)


@router.post("/stream", response_class=StreamingResponse, responses=_REFUSED | EVENT_STREAM)
async def stream_message(
    *,
    body: SendMessageRequest,
    user: CurrentUserDep,
    service: ServiceDep,
    answers: AnswersDep,
    seconds_left: SecondsLeftDep,
    keyed: KeyedRequestDep,
) -> StreamingResponse:
    """Send a message and watch the reply being written

    Who leaves does not end it: the reply is in the list later, and can be followed meanwhile.
    """
    annotate(conversation_id=body.conversation_id)
    message = (user.id, body.conversation_id, body.content)
    exchange = await asyncio.to_thread(service.post_message, *message, keyed)
    if isinstance(exchange, EarlierExchange):
        return await repeated_stream(service.reader, user.id, exchange, answers)
    run = service.start(exchange, tools_enabled=body.tools_enabled, seconds_left=seconds_left)
    return reply_stream(run.events(), answers)


@router.get(
    "/{id}/events",
    response_class=StreamingResponse,
    responses=failures(MessageNotFoundError) | EVENT_STREAM | NO_FURTHER_EVENTS,
)
async def follow_reply(
    *,
    message_id: MessageIdPath,
    user: CurrentUserDep,
    service: ServiceDep,
    answers: AnswersDep,
    after: AfterQuery = 0,
    last_event_id: LastEventIdHeader = None,
) -> Response:
    """Follow a reply: its events so far, then those to come

    From any place and as often as wanted, for 24 hours.
    """
    annotate(message_id=message_id)
    place = after if last_event_id is None else last_event_id
    position = await asyncio.to_thread(service.reader.open, user.id, message_id, place)
    if position.has_all:
        # What makes an EventSource stop connecting again.
        return Response(status_code=204)
    return reply_stream(service.reader.events(position), answers)


@router.post("/{id}/stop", responses=failures(MessageNotFoundError, ReplyEndedError))
async def stop_reply(
    message_id: MessageIdPath, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[MessageBody]:
    """Stop a running reply

    What was written so far is kept, with status `stopped`.
    """
    annotate(message_id=message_id)
    reply = await service.stop(user.id, message_id)
    return answers.success(MessageBody.of(reply), "stopped")


@router.post(
    "/{id}/regenerate",
    response_class=StreamingResponse,
    responses=failures(MessageNotFoundError, QuestionDeletedError, ReplyRunningError) | EVENT_STREAM,
)
async def regenerate_reply(
    *,
    message_id: MessageIdPath,
    body: RegenerateRequest | None = None,
    user: CurrentUserDep,
    service: ServiceDep,
    answers: AnswersDep,
    seconds_left: SecondsLeftDep,
    keyed: KeyedRequestDep,
) -> StreamingResponse:
    """Have a message answered anew and watch the reply being written

    The new reply takes the place of the old one, which stays readable among its `alternatives`. The id may be
    that of the person's message or of any reply to it.
    """
    annotate(message_id=message_id)
    exchange = await asyncio.to_thread(service.regeneration.begin, user.id, message_id, keyed)
    if isinstance(exchange, EarlierExchange):
        return await repeated_stream(service.reader, user.id, exchange, answers)
    tools_enabled = body is None or body.tools_enabled
    run = service.start(exchange, tools_enabled=tools_enabled, seconds_left=seconds_left)
    return reply_stream(run.events(), answers)


@router.get("/{id}", responses=failures(ConversationNotFoundError, MessageNotFoundError))
def list_messages(
    one_id: EitherIdPath, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep, page: PageRequestDep
) -> Envelope[PageBody[MessageBody]] | Envelope[MessageBody]:
    """List a conversation's messages, oldest first, or read one message

    With a conversation's id, a page: of messages beyond 20,000 characters it shows the first 2,000,000
    characters whole and of the others the beginning, with `content_truncated`. With a message's id, that
    message whole, whatever its length.
    """
    if is_message_id(one_id):
        annotate(message_id=one_id)
        return answers.success(MessageBody.of(service.transcript.get_message(user.id, one_id)))
    annotate(conversation_id=one_id)
    found = service.transcript.list_page(user.id, one_id, page)
    return answers.page(found.map(MessageBody.of), page)


@router.delete("/{id}", responses=failures(MessageNotFoundError, ReplyRunningError))
def delete_message(
    message_id: MessageIdPath, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[None]:
    """Delete a message"""
    annotate(message_id=message_id)
    service.transcript.delete_message(user.id, message_id)
    return answers.success(None, "deleted")
