"""Runs the turns of a room's messages, as the queue gives them out: one after another, and perhaps twice."""

import asyncio
from collections.abc import Callable, Sequence

from parley.chat.room_replies import Scene
from parley.chat.turn_holds import TurnHold
from parley.chat.turn_parts import TurnParts
from parley.chat.turn_runs import TurnRun
from parley.domain.agents import Agent
from parley.domain.room_answers import answering_agents
from parley.domain.room_messages import RoomMessage
from parley.domain.room_places import place_of
from parley.domain.room_turns import Turn, TurnEnd
from parley.domain.room_work import MessageInHand, TurnWork
from parley.errors import RoomNotFoundError


class TurnRunner:
    def __init__(self, parts: TurnParts) -> None:
        self._parts = parts

    async def run(
        self, work: TurnWork, in_hand: MessageInHand, *, seconds_left: Callable[[], float] | None = None
    ) -> None:
        """The work is done where it returns; else it has to be given out again.

        Raises `TurnUnfinishedError` where the time of this process is over, `TurnTakenOverError` where
        somebody else is at it, and whatever a part of it fails with.
        """
        async with TurnHold(in_hand, self._parts.lease) as hold:
            found = await asyncio.to_thread(self._find, work)
            if found is None:
                return
            scene, before, turn = found
            await self._parts.delivery.deliver(work.room_id, until=place_of(work.room_id, work.message_id))
            if before is not None:
                await TurnRun(self._parts, scene, before, hold=hold, seconds_left=seconds_left).give_up()
            if turn.ended is None:
                await TurnRun(self._parts, scene, turn, hold=hold, seconds_left=seconds_left).run()

    def _find(self, work: TurnWork) -> tuple[Scene, Turn | None, Turn] | None:
        """With the turn before it where that never ended: a room's work comes in order, so nobody is at it.

        None where there is nothing to do (any more): the room or the message is gone.
        """
        parts = self._parts
        question = parts.messages.get(work.room_id, work.message_id)
        if question is None:
            return None
        try:
            room = parts.rooms.get(work.room_id)
        except RoomNotFoundError:
            return None
        members = parts.rooms.members(room.id) if room.member_ids else ()
        scene = Scene(
            room=room,
            question=question,
            agents=parts.agents_of(room),
            people=[room.owner_name, *(member.username for member in members)],
        )
        running = parts.turns.running(room.id)
        before = running if running is not None and running.message_id != question.id else None
        return scene, before, parts.turns.begin(_planned(question, scene.agents))


def _planned(question: RoomMessage, agents: Sequence[Agent]) -> Turn:
    answering = tuple(agent.id for agent in answering_agents(question, agents))
    ended = None if answering else TurnEnd.COMPLETE
    return Turn(room_id=question.room_id, message_id=question.id, waiting=answering, ended=ended)
