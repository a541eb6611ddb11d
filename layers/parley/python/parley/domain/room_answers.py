"""Which agents answer in a room. External ones are told what is said like everybody, and are not run here."""

from collections.abc import Sequence

from parley.domain.agents import Agent, AgentKind
from parley.domain.mentions import mentioned_agents
from parley.domain.room_messages import RoomMessage, SenderType


def answering_agents(message: RoomMessage, agents: Sequence[Agent]) -> list[Agent]:
    """Those whom the message mentions; every hosted one where a person mentions none. In their order.

    `agents` are the room's. What an agent says is answered only by whom it mentions, and never by itself.
    """
    mentioned = _mentioned(message, agents)
    if not mentioned and message.sender.type is SenderType.USER:
        mentioned = list(agents)
    return [each for each in mentioned if each.kind is AgentKind.HOSTED and each.id != message.sender.id]


def _mentioned(message: RoomMessage, agents: Sequence[Agent]) -> list[Agent]:
    """In the text, then by id; each once."""
    by_id = {agent.id: agent for agent in agents}
    chosen = [by_id[each] for each in message.mentions if each in by_id]
    return list({agent.id: agent for agent in [*mentioned_agents(message.content, agents), *chosen]}.values())
