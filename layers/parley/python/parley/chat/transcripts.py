"""Reading and pruning what was said: a reply whose writer died is settled by whoever meets it first."""

from dataclasses import replace

from parley.chat.leases import has_expired
from parley.chat.settlements import Settlement, unwritten_reply
from parley.domain.conversations import Conversation, ConversationRepository, RunningReply
from parley.domain.ids import conversation_of
from parley.domain.messages import Message, MessageRepository
from parley.domain.pages import Page, PageRequest
from parley.errors import (
    ConversationNotFoundError,
    MessageNotFoundError,
    QuestionDeletedError,
    ReplyRunningError,
)


class Transcript:
    """All calls block and name the user; what is somebody else's is not found."""

    def __init__(
        self, *, conversations: ConversationRepository, messages: MessageRepository, settlement: Settlement
    ) -> None:
        self._conversations = conversations
        self._messages = messages
        self._settlement = settlement

    def get_settled(self, user_id: str, conversation_id: str) -> Conversation:
        """Its `running`, if any, is a reply whose writer lives. Raises `ConversationNotFoundError`."""
        conversation = self._conversations.get(user_id, conversation_id)
        if conversation.running is None or not has_expired(conversation.running):
            return conversation
        self._settlement.settle(conversation, conversation.running)
        return self._conversations.get(user_id, conversation_id)

    def list_page(self, user_id: str, conversation_id: str, page: PageRequest) -> Page[Message]:
        """Oldest first, the running reply in its place.

        Raises `ConversationNotFoundError`, `InvalidCursorError`.
        """
        conversation = self.get_settled(user_id, conversation_id)
        running = conversation.running
        if running is None:
            return self._messages.list_page(conversation_id, page=page, total=conversation.message_count)
        growing = unwritten_reply(conversation, running)
        found = self._messages.list_page(
            conversation_id,
            page=page,
            total=conversation.message_count + running.adds,
            growing=growing if running.replaces is None else None,
        )
        return found.map(lambda each: _in_place_of(each, growing) if each.id == running.replaces else each)

    def get_message(self, user_id: str, message_id: str) -> Message:
        """It whole; the running reply as a list shows it. Raises `MessageNotFoundError`."""
        conversation = self._conversation_with(user_id, message_id)
        running = conversation.running
        if running and message_id == running.reply_id:
            growing = unwritten_reply(conversation, running)
            replaced = running.replaces and self._messages.get(conversation.id, running.replaces)
            return _in_place_of(replaced, growing) if replaced else growing
        message = self._messages.get(conversation.id, message_id)
        if message is None:
            raise MessageNotFoundError
        return message

    def has_ended(self, user_id: str, message_id: str) -> bool:
        """Whether the reply is stored. Raises `MessageNotFoundError`, also for a message that is no reply."""
        conversation = self._conversation_with(user_id, message_id)
        if conversation.running and message_id == conversation.running.reply_id:
            return False
        message = self._messages.get_beginning(conversation.id, message_id)
        if message is None or message.role != "assistant":
            raise MessageNotFoundError
        return True

    def find_exchange(self, user_id: str, message_id: str) -> tuple[Conversation, Message, Message]:
        """The user's message and the reply in its place, given the id of either or of an earlier reply.

        Of long ones the beginning. Raises `MessageNotFoundError`, `QuestionDeletedError`, and
        `ReplyRunningError` where it has none yet.
        """
        conversation = self._conversation_with(user_id, message_id)
        running = conversation.running
        if running and message_id == running.reply_id:
            raise ReplyRunningError
        message = self._messages.get_beginning(conversation.id, message_id)
        if message is None:
            raise MessageNotFoundError
        user_message, reply = self._messages.get_exchange(conversation.id, message.reply_to or message.id)
        if reply is None:
            raise ReplyRunningError if _is_needed(message.id, running) else MessageNotFoundError
        if user_message is None:
            raise QuestionDeletedError
        return conversation, user_message, reply

    def delete_message(self, user_id: str, message_id: str) -> None:
        """Raises `MessageNotFoundError`, and `ReplyRunningError` for a message of the running exchange."""
        conversation = self._conversation_with(user_id, message_id)
        if _is_needed(message_id, conversation.running):
            raise ReplyRunningError
        message = self._messages.get_beginning(conversation.id, message_id)
        if message is None:
            raise MessageNotFoundError
        if not self._messages.delete(user_id, message):
            # It is gone, or a reply began in this moment.
            now = self._conversation_with(user_id, message_id)
            raise ReplyRunningError if _is_needed(message_id, now.running) else MessageNotFoundError

    def _conversation_with(self, user_id: str, message_id: str) -> Conversation:
        conversation_id = conversation_of(message_id)
        if conversation_id is None:
            raise MessageNotFoundError
        try:
            return self.get_settled(user_id, conversation_id)
        except ConversationNotFoundError:
            raise MessageNotFoundError from None


def _is_needed(message_id: str, running: RunningReply | None) -> bool:
    return running is not None and message_id in (
        running.reply_id,
        running.user_message_id,
        running.replaces,
    )


def _in_place_of(replaced: Message, reply: Message) -> Message:
    return replace(reply, alternatives=(*replaced.alternatives, replace(replaced, alternatives=())))
