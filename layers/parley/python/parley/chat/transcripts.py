"""Reading and pruning what was said: a reply whose writer died is settled by whoever meets it first."""

from parley.chat.leases import has_expired
from parley.domain.conversations import Conversation, ConversationRepository, ReplyLock, title_from
from parley.domain.ids import conversation_of, created_at_of
from parley.domain.messages import Message, MessageRepository, MessageStatus
from parley.domain.pages import Page, PageRequest
from parley.errors import ConversationNotFoundError, MessageNotFoundError, ReplyRunningError


class Transcript:
    """All calls block and name the user; what is somebody else's is not found."""

    def __init__(
        self, *, conversations: ConversationRepository, messages: MessageRepository, lock: ReplyLock
    ) -> None:
        self._conversations = conversations
        self._messages = messages
        self._lock = lock

    def get_settled(self, user_id: str, conversation_id: str) -> Conversation:
        """Its `running`, if any, is a reply whose writer lives. Raises `ConversationNotFoundError`."""
        conversation = self._conversations.get(user_id, conversation_id)
        if conversation.running is None or not has_expired(conversation.running):
            return conversation
        self._settle(conversation)
        return self._conversations.get(user_id, conversation_id)

    def list_page(self, user_id: str, conversation_id: str, page: PageRequest) -> Page[Message]:
        """Oldest first, the running reply last. Raises `ConversationNotFoundError`, `InvalidCursorError`."""
        conversation = self.get_settled(user_id, conversation_id)
        running = conversation.running
        return self._messages.list_page(
            conversation_id,
            page=page,
            total=conversation.message_count + (2 if running else 0),
            growing=_reply(conversation, MessageStatus.STREAMING) if running else None,
        )

    def delete_message(self, user_id: str, message_id: str) -> None:
        """Raises `MessageNotFoundError`, and `ReplyRunningError` for a message of the running exchange."""
        conversation_id = conversation_of(message_id)
        if conversation_id is None:
            raise MessageNotFoundError
        try:
            conversation = self.get_settled(user_id, conversation_id)
        except ConversationNotFoundError:
            raise MessageNotFoundError from None
        running = conversation.running
        if running and message_id in (running.reply_id, running.user_message_id):
            raise ReplyRunningError
        message = self._messages.get(conversation_id, message_id)
        if message is None or not self._messages.delete(user_id, message):
            raise MessageNotFoundError

    def _settle(self, conversation: Conversation) -> None:
        """Do what the dead writer owed. Only one of several at once counts; the others change nothing."""
        running = conversation.running
        assert running is not None
        user_message = self._messages.get(conversation.id, running.user_message_id)
        if user_message is None:
            # It died before the message was stored, and so before the sender was told anything.
            self._lock.release(conversation, running.reply_id, added=0, title=None)
            return
        # The writer may live after all and be storing the whole reply right now: that one stays.
        self._messages.put_if_absent(_reply(conversation, MessageStatus.INTERRUPTED))
        title = title_from(user_message.content)
        self._lock.release(conversation, running.reply_id, added=2, title=title)


def _reply(conversation: Conversation, status: MessageStatus) -> Message:
    assert conversation.running is not None
    return Message(
        id=conversation.running.reply_id,
        conversation_id=conversation.id,
        role="assistant",
        content="",
        created_at=created_at_of(conversation.running.reply_id),
        status=status,
        model=conversation.model,
    )
