"""What a model is shown of a room: what was said before, by whom, and who it is itself."""

from collections.abc import Sequence

from parley.domain.agents import Agent
from parley.domain.messages import MessageStatus
from parley.domain.room_messages import RoomMessage, RoomMessageRepository
from parley.domain.room_places import place_of
from parley.domain.rooms import Room
from parley.models.tokens import estimate_tokens
from parley.models.types import ChatTurn

MAX_MESSAGES = 50
MAX_TOKENS = 32_000
# How many of each kind the model is told by name.
MAX_NAMES = 20
# In place of a reply that came to nothing.
_SILENCE = "…"


def read_room_history(
    messages: RoomMessageRepository, question: RoomMessage, *, reply: RoomMessage
) -> list[ChatTurn]:
    """The last of them by others is what the agent answers; the question is in it whatever its length.

    Others' messages are a user's turns with their names in front. What people said after the question is left
    out: it has turns of its own.
    """
    recent = messages.newest(question.room_id, limit=MAX_MESSAGES, before=reply.id)
    earlier = [each for each in recent if _is_before(question, each)]
    answers = [each for each in recent if each.turn_of == question.id]
    shown = _fitting([*earlier, question, *answers], question)
    turns = [_turn(each, speaker_id=reply.sender.id) for each in shown if _is_over(each)]
    return [turn for turn in turns if turn.content]


def introduce(room: Room, agent: Agent, *, people: Sequence[str], agents: Sequence[Agent]) -> str:
    """Who the agent is and where, behind its own system prompt. `agents` are all of the room's."""
    others = [each.name for each in agents if each.id != agent.id]
    company = f"these other agents: {_names(others)}" if others else "no other agent"
    return (
        f"You are {agent.name}. You are in the chat room {room.name!r} with these people: {_names(people)}; "
        f"and with {company}. What the others say begins with the speaker's name; never begin with yours. "
        "To have another agent answer, write @ and its name, as in @Name; write @ before no name otherwise."
    )


def _is_before(question: RoomMessage, message: RoomMessage) -> bool:
    """Whether its turn is: an answer to an earlier question may stand behind this one."""
    place = place_of(message.room_id, message.turn_of or message.id)
    return (place or 0) < (place_of(question.room_id, question.id) or 0)


def _fitting(messages: Sequence[RoomMessage], question: RoomMessage) -> list[RoomMessage]:
    """The newest ones, as many as the model is shown; the last and the question in any case."""
    shown: list[RoomMessage] = []
    left = MAX_TOKENS - estimate_tokens(question.content)
    for message in reversed(messages):
        if message.id != question.id:
            left -= estimate_tokens(message.content)
        if shown and left < 0 and message.id != question.id:
            break
        shown.append(message)
    if question not in shown:
        shown.append(question)
    return shown[::-1]


def _is_over(message: RoomMessage) -> bool:
    return message.status is not MessageStatus.STREAMING


def _turn(message: RoomMessage, *, speaker_id: str) -> ChatTurn:
    if message.sender.id == speaker_id:
        return ChatTurn(role="assistant", content=message.content)
    return ChatTurn(role="user", content=f"{message.sender.name}: {message.content or _SILENCE}")


def _names(names: Sequence[str]) -> str:
    told = ", ".join(names[:MAX_NAMES])
    return told if len(names) <= MAX_NAMES else f"{told} and {len(names) - MAX_NAMES} more"
