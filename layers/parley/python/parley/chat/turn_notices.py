"""How the end of a reply and of a turn is told."""

from parley.domain.events import INTERRUPTED, ReplyFailed
from parley.domain.messages import MessageStatus
from parley.domain.room_events import AgentDone, Failed, Notice, NoticeType, RoomEvent, TypingChanged
from parley.domain.room_messages import RoomMessage
from parley.domain.room_turns import TurnEnd

# Of a reply that has failed no more may be known than how it is stored.
_SOME_FAILURE = "model_error"


def end_of_reply(reply: RoomMessage, failure: ReplyFailed | None = None) -> list[RoomEvent]:
    """`done`, or `error` with a notice for those who show no errors; then the agent types no more.

    `failure` tells more of why it failed than the message keeps.
    """
    speaker = reply.sender
    still = TypingChanged(participant=speaker, is_typing=False)
    if reply.status not in (MessageStatus.ERROR, MessageStatus.INTERRUPTED):
        done = AgentDone(message_id=reply.id, agent_id=speaker.id, token_count=reply.token_count)
        return [done, still]
    reason = reply.failure or INTERRUPTED.content
    known = INTERRUPTED.type if reply.status is MessageStatus.INTERRUPTED else _SOME_FAILURE
    kind = failure.type if failure else known
    failed = Failed(content=reason, type=kind, message_id=reply.id, agent_id=speaker.id)
    notice = Notice(
        type=NoticeType.AGENT_ERROR, content=f"{speaker.name} could not answer: {reason}", participant=speaker
    )
    return [failed, notice, still]


def end_of_turn(ended: TurnEnd) -> list[RoomEvent]:
    match ended:
        case TurnEnd.LIMIT:
            content = "The agents have answered as often as they may in one turn."
            return [Notice(type=NoticeType.TURN_LIMIT, content=content)]
        case TurnEnd.STOPPED:
            return [Notice(type=NoticeType.STOPPED, content="The turn was stopped.")]
        case TurnEnd.COMPLETE:
            return []
