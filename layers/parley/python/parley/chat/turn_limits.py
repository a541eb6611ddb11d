"""Where agents talk among themselves only, they are not answered for ever."""

from datetime import timedelta

from parley.domain.room_messages import RoomMessage, RoomMessageRepository, SenderType

# So many messages in a row, without one of a person in between, and within such a time.
MAX_AGENTS_MESSAGES = 40
WITHIN = timedelta(hours=1)


def is_among_agents_only(messages: RoomMessageRepository, question: RoomMessage) -> bool:
    """Whether this message of an external agent starts no turn: agents have been by themselves for too long.

    Within a turn the room's `max_agent_turns` counts; this bounds turns that start one another.
    """
    if question.sender.type is SenderType.USER:
        return False
    recent = messages.newest(question.room_id, limit=MAX_AGENTS_MESSAGES, before=question.id)
    if len(recent) < MAX_AGENTS_MESSAGES or question.created_at - recent[0].created_at > WITHIN:
        return False
    return all(message.sender.type is SenderType.AGENT for message in recent)
