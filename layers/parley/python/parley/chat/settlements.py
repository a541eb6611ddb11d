"""What a dead writer owed, done by whoever meets its reply first: the log tells what the reply has become."""

from dataclasses import replace

from parley.chat.drafts import Draft
from parley.chat.reply_ports import ReplyDraft
from parley.domain.conversations import Conversation, ReplyLock, RunningReply, title_from
from parley.domain.events import INTERRUPTED, ReplyStarted, Usage
from parley.domain.messages import Message, MessageRepository, MessageStatus
from parley.domain.reply_logs import LogPage, ReplyLog
from parley.domain.room_messages import RoomMessage
from parley.domain.usage import UsageRepository
from parley.models.tokens import estimate_tokens


class Settlement:
    def __init__(
        self, *, messages: MessageRepository, lock: ReplyLock, log: ReplyLog, usage: UsageRepository
    ) -> None:
        self._messages = messages
        self._lock = lock
        self._log = log
        self._usage = usage

    def settle(self, conversation: Conversation, running: RunningReply) -> None:
        """Seal the log, store the reply that it holds, free the conversation. May be done by many at once.

        A writer that lives after all finds the log sealed, or has completed it: then this stores the same.
        """
        beginning = ReplyStarted(
            message_id=running.reply_id, user_message_id=running.user_message_id, model=conversation.model
        )
        page = self._log.seal(running.reply_id, beginning=beginning)
        user_message = self._messages.get_beginning(conversation.id, running.user_message_id)
        if user_message is None or not self._is_there(conversation, running.replaces):
            # It died before it was sure of its messages, and so before the sender was told anything.
            self._lock.release(conversation, running.reply_id, added=0, title=None)
            return
        reply = reply_of(page, unwritten_reply(conversation, running), Draft())
        self._messages.put(reply, in_place_of=running.replaces)
        title = None if running.replaces else title_from(user_message.content)
        if self._lock.release(conversation, running.reply_id, added=running.adds, title=title):
            self._usage.count(conversation.user_id, reply)

    def _is_there(self, conversation: Conversation, replaced_id: str | None) -> bool:
        return replaced_id is None or self._messages.get_beginning(conversation.id, replaced_id) is not None


def unwritten_reply(conversation: Conversation, running: RunningReply) -> Message:
    """The running reply as a list shows it: its text is still to be had from its events."""
    return Message(
        id=running.reply_id,
        conversation_id=conversation.id,
        role="assistant",
        content="",
        created_at=running.created_at,
        reply_to=running.user_message_id,
        status=MessageStatus.STREAMING,
        model=conversation.model,
    )


def reply_of[Reply: (Message, RoomMessage)](
    page: LogPage, unwritten: Reply, draft: ReplyDraft[Reply]
) -> Reply:
    """The reply that an ended log holds, whole or as far as it came. `draft` is an empty one."""
    for _, event in page.events:
        draft.apply(event)
        if isinstance(event, ReplyStarted) and event.model is not None:
            unwritten = replace(unwritten, model=event.model)
    if not page.is_sealed:
        return draft.fill(unwritten)
    draft.apply(INTERRUPTED)
    reply = draft.fill(unwritten)
    tokens = estimate_tokens(reply.content)
    return replace(reply, token_count=tokens, usage=Usage(completion_tokens=tokens))
