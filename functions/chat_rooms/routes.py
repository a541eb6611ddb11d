"""Chat rooms: list, create, read, change, delete, who is in them, and what is said."""

from fastapi import APIRouter

from functions.chat_rooms import agent_routes, member_routes, message_routes, turn_routes
from functions.chat_rooms.parts import AdminDep, RoomIdPath, ServiceDep
from functions.chat_rooms.schemas import ChangeRoomRequest, CreateRoomRequest, RoomBody
from parley.errors import NotRoomOwnerError, RoomNotFoundError
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope, PageBody, PageRequestDep
from parley.http.failures import failures
from parley.http.idempotency import IdempotentRoute
from parley.observability import annotate

router = APIRouter(prefix="/api/chat-rooms", route_class=IdempotentRoute)


@router.get("")
def list_rooms(
    user: CurrentUserDep, service: ServiceDep, answers: AnswersDep, page: PageRequestDep
) -> Envelope[PageBody[RoomBody]]:
    """List the chat rooms that you own or are a member of, newest first"""
    return answers.page(service.list_page(user.id, page=page).map(RoomBody.of), page)


@router.post("", status_code=201)
def create_room(
    body: CreateRoomRequest, *, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[RoomBody]:
    """Create a chat room"""
    created = RoomBody.of(service.create(user.id, user.username, body.model_dump()))
    annotate(room_id=created.id)
    return answers.success(created, "created")


@router.get("/{id}", responses=failures(RoomNotFoundError))
def get_room(
    id: RoomIdPath, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[RoomBody]:
    """Read a chat room"""
    annotate(room_id=id)
    return answers.success(RoomBody.of(service.get(user.id, id)))


@router.put("/{id}", responses=failures(RoomNotFoundError, NotRoomOwnerError))
async def change_room(
    id: RoomIdPath, body: ChangeRoomRequest, *, user: CurrentUserDep, admin: AdminDep, answers: AnswersDep
) -> Envelope[RoomBody]:
    """Change the fields that are given

    Agents that are taken out lose their connections.
    """
    annotate(room_id=id)
    return answers.success(RoomBody.of(await admin.change(user.id, id, body.changes())), "updated")


@router.delete("/{id}", responses=failures(RoomNotFoundError, NotRoomOwnerError))
async def delete_room(
    id: RoomIdPath, user: CurrentUserDep, admin: AdminDep, answers: AnswersDep
) -> Envelope[None]:
    """Delete a chat room with all that was said in it

    All connections to it end.
    """
    annotate(room_id=id)
    await admin.delete(user.id, id)
    return answers.success(None, "deleted")


# One flat list: a router within a router hides what its routes are, from the log and from tests.
for routes in (agent_routes, member_routes, message_routes, turn_routes):
    router.routes.extend(routes.router.routes)
