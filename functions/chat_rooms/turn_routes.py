"""Saying something in a chat room and watching the agents answer, and stopping them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import StreamingResponse

from functions.chat_rooms.documentation import EVENT_STREAM
from functions.chat_rooms.message_schemas import RoomMessageBody
from functions.chat_rooms.parts import RoomIdPath
from functions.chat_rooms.turn_schemas import PostRoomMessageRequest
from parley.chat.room_questions import RoomQuestions
from parley.domain.room_events import Failed, Notice, RoomEvent
from parley.errors import MessageNotFoundError, ReplyEndedError, RoomNotFoundError, RoomQueueError
from parley.http.auth import CurrentUserDep
from parley.http.deadline import SecondsLeftDep
from parley.http.envelope import Answers, AnswersDep, Envelope
from parley.http.event_streams import event_stream
from parley.http.failures import failures
from parley.http.idempotency import REPLAYED, IdempotentRoute, KeyedRequestDep
from parley.observability import annotate
from parley.room_wire import encode_room_sse

router = APIRouter(prefix="/api/chat-rooms/{id}/messages", route_class=IdempotentRoute)


def _questions(request: Request) -> RoomQuestions:
    questions: RoomQuestions = request.app.state.questions
    return questions


QuestionsDep = Annotated[RoomQuestions, Depends(_questions)]
MessageIdPath = Annotated[str, Path(description="The message's id, or that of the reply being given to it.")]


@router.post(
    "",
    response_class=StreamingResponse,
    responses=failures(RoomNotFoundError, RoomQueueError) | EVENT_STREAM,
)
async def post_room_message(
    id: RoomIdPath,
    body: PostRoomMessageRequest,
    *,
    user: CurrentUserDep,
    questions: QuestionsDep,
    answers: AnswersDep,
    seconds_left: SecondsLeftDep,
    keyed: KeyedRequestDep,
) -> StreamingResponse:
    """Say something in a chat room and watch the agents answer

    Everybody in the room is told the same. Who leaves does not end it: the replies are in the room later.
    """
    annotate(room_id=id)
    question = await questions.ask(
        user.id, user.username, id, body.content, mentions=body.mentions, keyed=keyed
    )
    annotate(message_id=question.message.id)
    batches = questions.follow(question, seconds_left=seconds_left)
    response = event_stream(batches, _encoder(answers))
    response.headers.update({} if question.is_new else REPLAYED)
    return response


@router.post(
    "/{message_id}/stop", responses=failures(MessageNotFoundError, ReplyEndedError, RoomNotFoundError)
)
async def stop_room_turn(
    id: RoomIdPath,
    message_id: MessageIdPath,
    *,
    user: CurrentUserDep,
    questions: QuestionsDep,
    answers: AnswersDep,
) -> Envelope[RoomMessageBody]:
    """Stop the agents that answer a message

    The reply that is being given is kept with status `stopped`, and no other agent follows. A message whose
    turn has not come is then not answered. The answer is the message of that id, as it is then.
    """
    annotate(room_id=id, message_id=message_id)
    message = await questions.stop(user.id, id, message_id)
    return answers.success(RoomMessageBody.of(message), "stopped")


def _encoder(answers: Answers) -> Callable[[Sequence[RoomEvent]], bytes]:
    """Numbers the events of one stream from 1, and says what went wrong in the caller's language."""
    numbers = count(1)

    def encode(batch: Sequence[RoomEvent]) -> bytes:
        return b"".join(encode_room_sse(next(numbers), _said(event, answers)) for event in batch)

    return encode


def _said(event: RoomEvent, answers: Answers) -> RoomEvent:
    if isinstance(event, Failed | Notice):
        return replace(event, content=answers.say(event.content))
    return event
