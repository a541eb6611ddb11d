"""What was said in a chat room."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError

from functions.chat_rooms.message_schemas import RoomMessageBody
from functions.chat_rooms.parts import RoomIdPath
from parley.chat.room_transcripts import RoomStretch, RoomTranscript
from parley.domain.pages import Page
from parley.domain.room_places import place_of
from parley.errors import MessageNotFoundError, RoomNotFoundError
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope, PageBody, PageRequestDep
from parley.http.failures import failures
from parley.http.idempotency import IdempotentRoute
from parley.observability import annotate

router = APIRouter(prefix="/api/chat-rooms/{id}/messages", route_class=IdempotentRoute)


def _transcript(request: Request) -> RoomTranscript:
    transcript: RoomTranscript = request.app.state.transcript
    return transcript


def _stretch(
    _: CurrentUserDep,
    id: RoomIdPath,
    page: PageRequestDep,
    after: Annotated[
        str | None,
        Query(max_length=100, description="The id of a message: those behind it. Goes before `before`."),
    ] = None,
    before: Annotated[
        str | None, Query(max_length=100, description="The id of a message: the last ones before it.")
    ] = None,
) -> RoomStretch:
    """Ids of this room's messages alone have a place in it. Whoever has no token is not told so."""
    given = {"after": after, "before": before}
    wrong = [name for name, text in given.items() if text and place_of(id, text) is None]
    if wrong:
        reason = "must be the id of a message of this chat room"
        raise RequestValidationError(
            [{"type": "message_of_room", "loc": ("query", name), "msg": reason} for name in wrong]
        )
    return RoomStretch(page=page, after=after or None, before=before or None)


TranscriptDep = Annotated[RoomTranscript, Depends(_transcript)]
StretchDep = Annotated[RoomStretch, Depends(_stretch)]
MessageIdPath = Annotated[str, Path(description="The message's id.")]


@router.get("", responses=failures(RoomNotFoundError))
def list_room_messages(
    id: RoomIdPath,
    stretch: StretchDep,
    *,
    user: CurrentUserDep,
    transcript: TranscriptDep,
    answers: AnswersDep,
) -> Envelope[PageBody[RoomMessageBody]]:
    """List a chat room's messages, the newest page first

    Within a page the oldest comes first. With `after` the pages go forward from there, and `next_cursor` goes
    on in the direction that was asked for. A page of very long messages shows the older ones of them with
    their beginnings.
    """
    annotate(room_id=id)
    found = transcript.list_page(user.id, id, stretch)
    shown = Page(items=RoomMessageBody.page_of(found.items), total=found.total, next_cursor=found.next_cursor)
    return answers.page(shown, stretch.page)


@router.get("/{message_id}", responses=failures(RoomNotFoundError, MessageNotFoundError))
def get_room_message(
    id: RoomIdPath,
    message_id: MessageIdPath,
    *,
    user: CurrentUserDep,
    transcript: TranscriptDep,
    answers: AnswersDep,
) -> Envelope[RoomMessageBody]:
    """Read a message whole, however long it is"""
    annotate(room_id=id, message_id=message_id)
    return answers.success(RoomMessageBody.of(transcript.get(user.id, id, message_id)))
