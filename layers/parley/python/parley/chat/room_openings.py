"""How a reply begins in a room: its place is taken, its turn says so, then its empty message is put there."""

from dataclasses import replace

from parley.domain.agents import Agent
from parley.domain.clock import now
from parley.domain.messages import MessageStatus
from parley.domain.room_messages import RoomMessage, RoomMessageRepository, Sender, SenderType
from parley.domain.room_places import place_of
from parley.domain.room_turns import GivenReply, Turn, TurnRepository

# How often another place is taken for one that was given up.
_TRIES = 5


def speaker_of(agent: Agent) -> Sender:
    return Sender(type=SenderType.AGENT, id=agent.id, name=agent.name)


def open_reply(
    messages: RoomMessageRepository, turns: TurnRepository, turn: Turn, agent: Agent
) -> tuple[Turn, RoomMessage | None]:
    """The turn as it is then, and the message; none where the turn was stopped in this moment. Blocks.

    Raises `TurnTakenOverError`, and `RoomNotFoundError` where the room is gone.
    """
    left = turn.waiting[turn.waiting.index(agent.id) + 1 :]
    for _ in range(_TRIES):
        reply_id = messages.take_place(turn.room_id)
        current = GivenReply(agent_id=agent.id, message_id=reply_id)
        turn = turns.save(replace(turn, waiting=left, current=current))
        if turn.is_stopped:
            messages.close_gap(turn.room_id, after=(place_of(turn.room_id, reply_id) or 1) - 1)
            return turns.save(replace(turn, current=None)), None
        reply = _unwritten(turn, agent, reply_id)
        if messages.put(reply):
            return turn, reply
    raise TimeoutError(f"each place that was taken in {turn.room_id} was given up at once")


def _unwritten(turn: Turn, agent: Agent, reply_id: str) -> RoomMessage:
    return RoomMessage(
        id=reply_id,
        room_id=turn.room_id,
        sender=speaker_of(agent),
        content="",
        created_at=now(),
        status=MessageStatus.STREAMING,
        model=agent.model,
        turn_of=turn.message_id,
    )
