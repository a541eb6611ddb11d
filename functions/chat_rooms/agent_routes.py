"""The agents of a chat room."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from functions.chat_rooms.parts import AdminDep, RoomIdPath, ServiceDep
from functions.chat_rooms.schemas import AddAgentRequest, RoomAgentsBody
from parley.errors import (
    AgentNotFoundError,
    NotRoomOwnerError,
    RoomNotFoundError,
    TooManyRoomAgentsError,
)
from parley.http.auth import CurrentUserDep
from parley.http.envelope import AnswersDep, Envelope
from parley.http.failures import failures
from parley.http.idempotency import IdempotentRoute
from parley.observability import annotate

router = APIRouter(prefix="/api/chat-rooms/{id}/agents", route_class=IdempotentRoute)

AgentIdPath = Annotated[str, Path(description="The agent's id.")]


@router.get("", responses=failures(RoomNotFoundError))
def list_room_agents(
    id: RoomIdPath, user: CurrentUserDep, service: ServiceDep, answers: AnswersDep
) -> Envelope[RoomAgentsBody]:
    """List the agents of a chat room"""
    annotate(room_id=id)
    _, agents = service.get(user.id, id)
    return answers.success(RoomAgentsBody.of(agents))


@router.post(
    "",
    status_code=201,
    responses=failures(RoomNotFoundError, NotRoomOwnerError, TooManyRoomAgentsError),
)
async def add_room_agent(
    id: RoomIdPath,
    body: AddAgentRequest,
    *,
    user: CurrentUserDep,
    admin: AdminDep,
    answers: AnswersDep,
    response: Response,
) -> Envelope[RoomAgentsBody]:
    """Add an agent of yours, behind the others

    With status 200, and without effect, where it is in the chat room already.
    """
    annotate(room_id=id, agent_id=body.agent_id)
    agents, is_new = await admin.add_agent(user.id, id, body.agent_id)
    response.status_code = 201 if is_new else 200
    return answers.success(RoomAgentsBody.of(agents), "created" if is_new else "ok")


@router.delete("/{agent_id}", responses=failures(RoomNotFoundError, AgentNotFoundError, NotRoomOwnerError))
async def remove_room_agent(
    id: RoomIdPath,
    agent_id: AgentIdPath,
    *,
    user: CurrentUserDep,
    admin: AdminDep,
    answers: AnswersDep,
) -> Envelope[None]:
    """Take an agent out of a chat room

    Its connections end.
    """
    annotate(room_id=id, agent_id=agent_id)
    await admin.remove_agent(user.id, id, agent_id)
    return answers.success(None, "deleted")
