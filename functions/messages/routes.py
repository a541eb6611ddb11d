"""Messages: send, stream, follow, stop, list, delete."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response, StreamingResponse

from functions.messages.schemas import ExchangeBody, MessageBody, SendMessageRequest
from functions.messages.streams import event_stream, long_answer
from parley.chat.replies import ReplyService
from parley.domain.reply_logs import MAX_EVENT_NUMBER
from parley.http.auth import CurrentUserDep
from parley.http.deadline import SecondsLeftDep
from parley.http.envelope import AnswersDep, Envelope, PageBody, PageRequestDep
from parley.observability import annotate

router = APIRouter(prefix="/api/messages")


def _service(request: Request) -> ReplyService:
    service: ReplyService = request.app.state.replies
    return service


ServiceDep = Annotated[ReplyService, Depends(_service)]


@router.post("", status_code=201, response_model=Envelope[ExchangeBody])
async def send_message(
    body: SendMessageRequest,
    user: CurrentUserDep,
    service: ServiceDep,
    answers: AnswersDep,
    seconds_left: SecondsLeftDep,
) -> Response:
    annotate(conversation_id=body.conversation_id)
    exchange = await asyncio.to_thread(service.post_message, user.id, body.conversation_id, body.content)
    run = service.start(exchange, tools_enabled=body.tools_enabled, seconds_left=seconds_left)
    return await long_answer(run, exchange, answers)


@router.post("/stream", response_class=StreamingResponse)
async def stream_message(
    body: SendMessageRequest, user: CurrentUserDep, service: ServiceDep, seconds_left: SecondsLeftDep
) -> StreamingResponse:
    annotate(conversation_id=body.conversation_id)
    exchange = await asyncio.to_thread(service.post_message, user.id, body.conversation_id, body.content)
    run = service.start(exchange, tools_enabled=body.tools_enabled, seconds_left=seconds_left)
    return event_stream(run.events())


@router.get("/{message_id}/events", response_class=StreamingResponse)
async def follow_reply(
    message_id: str,
    user: CurrentUserDep,
    service: ServiceDep,
    after: Annotated[int, Query(ge=0, le=MAX_EVENT_NUMBER)] = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=MAX_EVENT_NUMBER)] = None,
) -> Response:
    annotate(message_id=message_id)
    place = after if last_event_id is None else last_event_id
    position = await asyncio.to_thread(service.reader.open, user.id, message_id, place)
    if position.has_all:
        # What makes an EventSource stop connecting again.
        return Response(status_code=204)
    return event_stream(service.reader.events(position))


@router.post("/{message_id}/stop")
async def stop_reply(
    message_id: str, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[MessageBody]:
    annotate(message_id=message_id)
    reply = await service.stop(user.id, message_id)
    return answers.success(MessageBody.of(reply), "stopped")


@router.get("/{conversation_id}")
def list_messages(
    conversation_id: str,
    user: CurrentUserDep,
    service: ServiceDep,
    answers: AnswersDep,
    page: PageRequestDep,
) -> Envelope[PageBody[MessageBody]]:
    annotate(conversation_id=conversation_id)
    found = service.transcript.list_page(user.id, conversation_id, page)
    return answers.page(found.map(MessageBody.of), page)


@router.delete("/{message_id}")
def delete_message(
    message_id: str, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[None]:
    annotate(message_id=message_id)
    service.transcript.delete_message(user.id, message_id)
    return answers.success(None, "deleted")
