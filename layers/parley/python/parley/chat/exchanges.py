"""What is said at a time: a user's message, and the reply to it that is now to be written."""

from dataclasses import dataclass

from parley.domain.clock import now
from parley.domain.conversations import Conversation, title_from
from parley.domain.ids import new_message_id, successor_id
from parley.domain.messages import Message, MessageStatus
from parley.models.tokens import estimate_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A stored user message and the reply that may now be written: the conversation's lock is held for it.

    `replaced` is the reply whose place it takes, where it is not the first to its message.
    """

    conversation: Conversation
    user_message: Message
    reply: Message
    replaced: Message | None = None

    @property
    def replaces(self) -> str | None:
        return self.replaced.id if self.replaced else None

    @property
    def adds(self) -> int:
        """How many messages the conversation has more when the reply ends."""
        return 0 if self.replaced else 2

    @property
    def title(self) -> str | None:
        """For the conversation: out of what is said first."""
        return None if self.replaced else title_from(self.user_message.content)


def new_exchange(conversation: Conversation, content: str) -> Exchange:
    user_message = Message(
        id=new_message_id(conversation.id),
        conversation_id=conversation.id,
        role="user",
        content=content,
        created_at=now(),
        token_count=estimate_tokens(content),
    )
    reply_id = new_message_id(conversation.id, after=user_message.id)
    reply = _unwritten(conversation, user_message, reply_id)
    return Exchange(conversation=conversation, user_message=user_message, reply=reply)


def exchange_anew(conversation: Conversation, user_message: Message, replaced: Message) -> Exchange:
    reply = _unwritten(conversation, user_message, successor_id(replaced.id))
    return Exchange(conversation=conversation, user_message=user_message, reply=reply, replaced=replaced)


def _unwritten(conversation: Conversation, user_message: Message, reply_id: str) -> Message:
    return Message(
        id=reply_id,
        conversation_id=conversation.id,
        role="assistant",
        content="",
        created_at=now(),
        reply_to=user_message.id,
        status=MessageStatus.STREAMING,
        model=conversation.model,
    )
