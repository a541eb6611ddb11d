"""How it is told who comes and who leaves."""

from parley.domain.room_events import Notice, NoticeType
from parley.domain.room_messages import Sender, SenderType


def joined(participant: Sender) -> Notice:
    is_agent = participant.type is SenderType.AGENT
    return Notice(
        type=NoticeType.AGENT_JOIN if is_agent else NoticeType.USER_JOIN,
        content=f"{participant.name} has joined the room.",
        participant=participant,
    )


def left(participant: Sender) -> Notice:
    is_agent = participant.type is SenderType.AGENT
    return Notice(
        type=NoticeType.AGENT_LEAVE if is_agent else NoticeType.USER_LEAVE,
        content=f"{participant.name} has left the room.",
        participant=participant,
    )
