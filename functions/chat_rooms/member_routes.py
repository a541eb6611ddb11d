"""The members of a chat room: who may read and write beside the owner."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from functions.chat_rooms.parts import AdminDep, RoomIdPath, ServiceDep
from functions.chat_rooms.schemas import AddMemberRequest, RoomMembersBody
from parley.errors import (
    MemberNotFoundError,
    NotRoomOwnerError,
    RoomNotFoundError,
    TooManyRoomMembersError,
)
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope
from parley.http.failures import failures
from parley.http.idempotency import IdempotentRoute
from parley.observability import annotate

router = APIRouter(prefix="/api/chat-rooms/{id}/members", route_class=IdempotentRoute)

UserIdPath = Annotated[str, Path(description="The member's user id.")]


@router.get("", responses=failures(RoomNotFoundError))
def list_room_members(
    id: RoomIdPath, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[RoomMembersBody]:
    """List the members of a chat room"""
    annotate(room_id=id)
    return answers.success(RoomMembersBody.of(*service.members(user.id, id)))


@router.post(
    "",
    status_code=201,
    responses=failures(RoomNotFoundError, NotRoomOwnerError, TooManyRoomMembersError),
)
def add_room_member(
    id: RoomIdPath,
    body: AddMemberRequest,
    *,
    user: CurrentUserDep,
    service: ServiceDep,
    answers: AnswersDep,
    response: Response,
) -> Envelope[RoomMembersBody]:
    """Let somebody in, by the user name

    With status 200, and without effect, where the user is a member already, or the owner.
    """
    annotate(room_id=id)
    is_new = service.add_member(user.id, id, body.username)
    response.status_code = 201 if is_new else 200
    members = RoomMembersBody.of(*service.members(user.id, id))
    return answers.success(members, "created" if is_new else "ok")


@router.delete("/{user_id}", responses=failures(RoomNotFoundError, MemberNotFoundError, NotRoomOwnerError))
async def remove_room_member(
    id: RoomIdPath, user_id: UserIdPath, *, user: CurrentUserDep, admin: AdminDep, answers: AnswersDep
) -> Envelope[None]:
    """Take somebody out of a chat room

    The owner may do so with everybody, a member with herself. Their connections end.
    """
    annotate(room_id=id)
    await admin.remove_member(user.id, id, user_id)
    return answers.success(None, "deleted")
