"""One turn: agent after agent answers, each in the sight of all, until nobody is left to."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from parley.chat.reply_runs import LOST, ReplyRun
from parley.chat.room_openings import open_reply, speaker_of
from parley.chat.room_replies import RoomReplyStore, Scene
from parley.chat.room_settlements import settle_room_reply
from parley.chat.room_steps import StepSequence, steps_again
from parley.chat.turn_holds import TurnHold
from parley.chat.turn_limits import is_among_agents_only
from parley.chat.turn_notices import end_of_reply, end_of_turn
from parley.chat.turn_parts import TurnParts
from parley.domain.agents import Agent
from parley.domain.events import ReplyFailed
from parley.domain.messages import MessageStatus
from parley.domain.room_answers import answering_agents
from parley.domain.room_events import RoomEvent, TypingChanged
from parley.domain.room_messages import RoomMessage
from parley.domain.room_places import place_of
from parley.domain.room_turns import GivenReply, Turn, TurnEnd, TurnTakenOverError
from parley.errors import RoomNotFoundError
from parley.observability import log_failure

# An agent does not begin to answer when the process has less than this left.
MIN_SECONDS = 60.0


class TurnUnfinishedError(Exception):
    """The time of this process is over; the next one goes on with the next agent."""


class ReplyNotKeptError(Exception):
    """The reply is whole in its log, but could not be stored; whoever goes on with the turn does it."""


class TurnRun:
    def __init__(
        self,
        parts: TurnParts,
        scene: Scene,
        turn: Turn,
        *,
        hold: TurnHold,
        seconds_left: Callable[[], float] | None,
    ) -> None:
        self._parts = parts
        self._scene = scene
        self._turn = turn
        self._hold = hold
        self._seconds_left = seconds_left
        self._broadcast = parts.broadcast(turn.room_id)

    async def run(self) -> None:
        """Raises `TurnUnfinishedError`, `TurnTakenOverError`, `ReplyNotKeptError`."""
        try:
            if self._turn.current is not None:
                await self._settle(self._turn.current)
            while isinstance(following := await asyncio.to_thread(self._next), Agent):
                await self._check_time()
                await self._answer(following)
            await self._end(following)
        except RoomNotFoundError:
            return  # deleted meanwhile, and with it all that could be said
        finally:
            await self._broadcast.close()

    async def give_up(self) -> None:
        """End a turn whose work was given up, having been received too often; what it was at is settled.

        Raises `TurnTakenOverError`.
        """
        try:
            if self._turn.current is not None:
                await self._settle(self._turn.current)
            await self._end(TurnEnd.STOPPED)
        finally:
            await self._broadcast.close()

    async def _settle(self, current: GivenReply) -> None:
        """What the runner before was at when it died. Where nobody has seen anything of it, it never was."""
        reply = await asyncio.to_thread(
            settle_room_reply,
            self._parts.messages,
            self._parts.log,
            room_id=self._turn.room_id,
            reply_id=current.message_id,
        )
        if reply is None:
            waiting = (current.agent_id, *self._turn.waiting)
            await self._save(replace(self._turn, current=None, waiting=waiting))
            return
        await self._deliver(reply)
        for step in steps_again(reply):
            await self._tell(step)
        await self._close(reply)

    def _next(self) -> Agent | TurnEnd:
        """The first of those who wait that is still in the room. Raises `RoomNotFoundError`."""
        turn = self._turn
        room = self._parts.rooms.get(turn.room_id)
        if turn.is_stopped:
            return TurnEnd.STOPPED
        agents = {agent.id: agent for agent in self._scene.agents if agent.id in room.agent_ids}
        present = [agents[each] for each in turn.waiting if each in agents]
        if not present:
            return TurnEnd.COMPLETE
        if len(turn.given) >= room.max_agent_turns or self._is_endless():
            return TurnEnd.LIMIT
        return present[0]

    def _is_endless(self) -> bool:
        is_first = not self._turn.given
        return is_first and is_among_agents_only(self._parts.messages, self._scene.question)

    async def _check_time(self) -> None:
        if self._seconds_left is not None and self._seconds_left() < MIN_SECONDS:
            await self._hold.give_back()
            raise TurnUnfinishedError

    async def _answer(self, agent: Agent) -> None:
        parts, speaker = self._parts, speaker_of(agent)
        await self._tell(TypingChanged(participant=speaker, is_typing=True))
        self._turn, reply = await asyncio.to_thread(
            open_reply, parts.messages, parts.turns, self._turn, agent
        )
        if reply is None:
            await self._tell(TypingChanged(participant=speaker, is_typing=False))
        else:
            await self._close(*await self._write(reply, agent))

    async def _write(self, reply: RoomMessage, agent: Agent) -> tuple[RoomMessage, ReplyFailed | None]:
        """The reply as it has ended and is stored, and why it failed; its steps are told as they come.

        Raises `TurnTakenOverError`, `ReplyNotKeptError`, and `RoomNotFoundError` where the room is gone.
        """
        parts = self._parts
        store = RoomReplyStore(
            rooms=parts.rooms,
            messages=parts.messages,
            log=parts.log,
            lease=parts.lease,
            hold=self._hold,
            room_id=reply.room_id,
        )
        run = parts.replies.start(reply, agent, self._scene, store=store, seconds_left=self._seconds_left)
        await self._deliver(reply)
        await self._tell_steps(run, reply)
        ended, failure = await run.result()
        if not store.has_kept:
            await asyncio.to_thread(parts.rooms.get, reply.room_id)
            raise TurnTakenOverError if failure is LOST else ReplyNotKeptError
        return ended, failure

    async def _tell_steps(self, run: ReplyRun[RoomMessage], reply: RoomMessage) -> None:
        sequence = StepSequence(message_id=reply.id, agent_id=reply.sender.id)
        async for batch in run.events():
            for _, event in batch:
                if (step := sequence.take(event)) is not None:
                    await self._tell(step)

    async def _close(self, reply: RoomMessage, failure: ReplyFailed | None = None) -> None:
        """It is given, whatever its status. Whom a good one mentions answers, unless it waits already."""
        is_good = reply.status is MessageStatus.COMPLETE
        mentioned = answering_agents(reply, self._scene.agents) if is_good else []
        waiting = self._turn.waiting
        waiting += tuple(agent.id for agent in mentioned if agent.id not in waiting)
        given = (*self._turn.given, GivenReply(agent_id=reply.sender.id, message_id=reply.id))
        await self._save(replace(self._turn, current=None, given=given, waiting=waiting))
        await asyncio.to_thread(self._count, reply)
        for event in end_of_reply(reply, failure):
            await self._tell(event)

    def _count(self, reply: RoomMessage) -> None:
        """Once: only one runner gets to save the turn with this reply."""
        try:
            self._parts.usage.count(self._scene.room.owner_id, reply)
        except Exception as error:  # the reply is whole and stored: its turn must not end for this
            log_failure("usage not counted", error)

    async def _end(self, ended: TurnEnd) -> None:
        await self._save(replace(self._turn, ended=ended))
        for event in end_of_turn(ended):
            await self._tell(event)

    async def _save(self, turn: Turn) -> None:
        self._turn = await asyncio.to_thread(self._parts.turns.save, turn)

    async def _deliver(self, message: RoomMessage) -> None:
        """What cannot be brought to the connections now is brought with the next message."""
        try:
            place = place_of(message.room_id, message.id)
            await self._parts.delivery.deliver(message.room_id, until=place)
        except Exception as error:
            log_failure("message not delivered", error)

    async def _tell(self, event: RoomEvent) -> None:
        await self._broadcast.tell(event)
