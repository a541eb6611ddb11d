"""The running reply's lock, kept on the conversation's own item: one conditional write takes or ends it."""

from functools import partial

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from parley.domain.clock import now, to_iso
from parley.domain.conversations import DEFAULT_TITLE, Conversation, RunningReply
from parley.errors import ReplyRunningError
from parley.tables.conflicts import despite_conflicts
from parley.tables.conversation_items import ConversationTableItem as Row
from parley.tables.conversation_items import alive, conversation_item, touched
from parley.tables.conversation_rows import from_row
from parley.tables.item import assign, condition_failed, same

# How often a release is tried again that met a change of the conversation.
_TRIES = 5


class DynamoReplyLock:
    def acquire(self, conversation: Conversation, running: RunningReply) -> None:
        """Passes while the conversation is alive and no other reply is named on it.

        The same reply may be: the client repeats a write whose answer was lost.
        """
        take: list[Action] = [
            Row.running_reply_id.set(running.reply_id),
            Row.running_user_message_id.set(running.user_message_id),
            Row.running_since.set(to_iso(running.created_at)),
            assign(Row.running_replaces, running.replaces),
            Row.lease_until_ms.set(running.lease_until_ms),
        ]
        free = Row.running_reply_id.does_not_exist() | (Row.running_reply_id == running.reply_id)
        item = conversation_item(conversation.user_id, conversation.id)
        try:
            despite_conflicts(lambda: item.update(take, alive() & free))
        except UpdateError as error:
            if not condition_failed(error):
                raise
            raise ReplyRunningError from None

    def renew(self, conversation: Conversation, running: RunningReply) -> None:
        item = conversation_item(conversation.user_id, conversation.id)
        try:
            despite_conflicts(
                lambda: item.update(
                    [Row.lease_until_ms.set(running.lease_until_ms)],
                    alive() & (Row.running_reply_id == running.reply_id),
                )
            )
        except UpdateError as error:
            if not condition_failed(error):
                raise
            raise ReplyRunningError from None

    def release(self, conversation: Conversation, reply_id: str, *, added: int, title: str | None) -> bool:
        """Passes while the lock is the reply's, and title and project are as they were read."""
        for _ in range(_TRIES):
            try:
                despite_conflicts(partial(self._release, conversation, reply_id, added, title))
            except UpdateError as error:
                if not condition_failed(error):
                    raise
                fresh = _fresh(conversation)
                if fresh is None or fresh.running is None or fresh.running.reply_id != reply_id:
                    return False
                conversation = fresh
            else:
                return True
        return False

    def _release(self, conversation: Conversation, reply_id: str, added: int, title: str | None) -> None:
        actions: list[Action] = [
            Row.message_count.add(added),
            Row.running_reply_id.remove(),
            Row.running_user_message_id.remove(),
            Row.running_since.remove(),
            Row.running_replaces.remove(),
            Row.lease_until_ms.remove(),
            *touched(conversation.id, conversation.project_id, now()),
        ]
        if title is not None and conversation.title == DEFAULT_TITLE:
            actions.append(Row.title.set(title))
        conversation_item(conversation.user_id, conversation.id).update(
            actions,
            alive()
            & (Row.running_reply_id == reply_id)
            & same(Row.project_id, conversation.project_id)
            & same(Row.title, conversation.title),
        )


def _fresh(conversation: Conversation) -> Conversation | None:
    item = conversation_item(conversation.user_id, conversation.id)
    try:
        item.refresh(consistent_read=True)
    except Row.DoesNotExist:
        return None
    return None if item.deleting else from_row(item, system_prompt=conversation.system_prompt)
