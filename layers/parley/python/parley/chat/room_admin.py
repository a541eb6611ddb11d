"""Changes of a room, with what they mean for those who are connected to it."""

import asyncio
from typing import Any

from parley.chat.room_attendance import RoomAttendance
from parley.chat.room_presence import joined
from parley.chat.rooms import Furnished, RoomService
from parley.domain.agents import Agent, AgentKind
from parley.domain.room_events import AgentsShown
from parley.domain.room_messages import Sender, SenderType


class RoomAdmin:
    """As `RoomService`, whose errors these raise. A hosted agent comes and goes with its place in the room;
    an external one comes when it connects."""

    def __init__(self, service: RoomService, attendance: RoomAttendance) -> None:
        self._service = service
        self._attendance = attendance

    async def change(self, user_id: str, room_id: str, changes: dict[str, Any]) -> Furnished:
        _, before = await asyncio.to_thread(self._service.get, user_id, room_id)
        room, after = await asyncio.to_thread(self._service.change, user_id, room_id, changes)
        await self._tell_agents(room_id, before, after)
        return room, after

    async def delete(self, user_id: str, room_id: str) -> None:
        await asyncio.to_thread(self._service.delete, user_id, room_id)
        await self._attendance.see_all_off(room_id)

    async def add_agent(self, user_id: str, room_id: str, agent_id: str) -> tuple[list[Agent], bool]:
        agents, is_new = await asyncio.to_thread(self._service.add_agent, user_id, room_id, agent_id)
        if is_new:
            before = [agent for agent in agents if agent.id != agent_id]
            await self._tell_agents(room_id, before, agents)
        return agents, is_new

    async def remove_agent(self, user_id: str, room_id: str, agent_id: str) -> None:
        _, before = await asyncio.to_thread(self._service.get, user_id, room_id)
        await asyncio.to_thread(self._service.remove_agent, user_id, room_id, agent_id)
        await self._tell_agents(room_id, before, [agent for agent in before if agent.id != agent_id])

    async def remove_member(self, user_id: str, room_id: str, member_id: str) -> None:
        member = await asyncio.to_thread(self._service.remove_member, user_id, room_id, member_id)
        participant = Sender(type=SenderType.USER, id=member.user_id, name=member.username)
        await self._attendance.see_off(room_id, participant)

    async def _tell_agents(self, room_id: str, before: list[Agent], after: list[Agent]) -> None:
        known, left = {agent.id for agent in before}, {agent.id for agent in after}
        for agent in before:
            if agent.id not in left:
                await self._attendance.see_off(room_id, _sender(agent))
        for agent in after:
            if agent.id not in known and agent.kind is AgentKind.HOSTED:
                await self._attendance.tell(room_id, joined(_sender(agent)))
        if [agent.id for agent in before] != [agent.id for agent in after]:
            await self._attendance.tell(room_id, AgentsShown(agents=after))


def _sender(agent: Agent) -> Sender:
    return Sender(type=SenderType.AGENT, id=agent.id, name=agent.name)
