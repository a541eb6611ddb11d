"""Conversations, messages and the reply's lock in memory; the contract tests are those of the tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import Lock

from parley.domain.clock import now, to_iso
from parley.domain.conversations import DEFAULT_TITLE, Conversation, RunningReply
from parley.domain.messages import Message
from parley.domain.pages import Page, PageRequest
from parley.errors import ConversationNotFoundError, ReplyRunningError
from tests.fakes.long_messages import listed, short
from tests.fakes.pages import slice_page


@dataclass
class Memory:
    """What conversations, messages and the lock share, as they share a table."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    replaced: dict[str, dict[str, Message]] = field(default_factory=dict)
    guard: Lock = field(default_factory=Lock)

    def owned(self, owner_id: str, conversation_id: str) -> Conversation:
        found = self.conversations.get(conversation_id)
        if found is None or found.user_id != owner_id:
            raise ConversationNotFoundError
        return found

    def spoken(self, conversation_id: str) -> list[Message]:
        found = sorted(self.messages.get(conversation_id, {}).values(), key=_message_key)
        return [replace(each, alternatives=self._alternatives_of(each)) for each in found]

    def _alternatives_of(self, message: Message) -> tuple[Message, ...]:
        replaced = sorted(self.replaced.get(message.conversation_id, {}).values(), key=_message_key)
        return tuple(each for each in replaced if message.reply_to and each.reply_to == message.reply_to)


class InMemoryConversationRepository:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def add(self, conversation: Conversation) -> None:
        self._memory.conversations[conversation.id] = conversation

    def get(self, owner_id: str, conversation_id: str) -> Conversation:
        return self._memory.owned(owner_id, conversation_id)

    def list_page(self, owner_id: str, *, project_id: str | None, page: PageRequest) -> Page[Conversation]:
        owned = [one for one in self._memory.conversations.values() if one.user_id == owner_id]
        listed = [one for one in owned if project_id in (None, one.project_id)]
        listed.sort(key=_update_key, reverse=True)
        items, cursor = slice_page(listed, page, f"{project_id}/", _update_key, newest_first=True)
        return Page(items=items, total=len(listed), next_cursor=cursor)

    def change(self, owner_id: str, conversation_id: str, changes: dict[str, object]) -> Conversation:
        with self._memory.guard:
            found = self._memory.owned(owner_id, conversation_id)
            changed = replace(found, updated_at=now(), **changes)  # type: ignore[arg-type]
            self._memory.conversations[conversation_id] = changed
            return changed

    def delete(self, owner_id: str, conversation_id: str) -> None:
        with self._memory.guard:
            self._memory.owned(owner_id, conversation_id)
            del self._memory.conversations[conversation_id]
            self._memory.messages.pop(conversation_id, None)
            self._memory.replaced.pop(conversation_id, None)


class InMemoryMessageRepository:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def put(self, message: Message, *, in_place_of: str | None = None) -> None:
        with self._memory.guard:
            kept = self._memory.messages.setdefault(message.conversation_id, {})
            if in_place_of is not None:
                replaced = kept.pop(in_place_of, None)
                if replaced is None:
                    return
                self._memory.replaced.setdefault(message.conversation_id, {})[replaced.id] = replaced
            kept[message.id] = replace(message, alternatives=())

    def get(self, conversation_id: str, message_id: str) -> Message | None:
        message = self._find(conversation_id, message_id)
        return message and replace(message, alternatives=listed([message])[0].alternatives)

    def get_beginning(self, conversation_id: str, message_id: str) -> Message | None:
        message = self._find(conversation_id, message_id)
        return message and replace(short(message), alternatives=tuple(map(short, message.alternatives)))

    def _find(self, conversation_id: str, message_id: str) -> Message | None:
        spoken = {each.id: each for each in self._memory.spoken(conversation_id)}
        return spoken.get(message_id) or self._memory.replaced.get(conversation_id, {}).get(message_id)

    def get_exchange(
        self, conversation_id: str, user_message_id: str
    ) -> tuple[Message | None, Message | None]:
        kept = self._memory.messages.get(conversation_id, {})
        replies = (each for each in kept.values() if each.reply_to == user_message_id)
        question, reply = kept.get(user_message_id), next(replies, None)
        return question and short(question), reply and short(reply)

    def list_page(
        self, conversation_id: str, *, page: PageRequest, total: int, growing: Message | None = None
    ) -> Page[Message]:
        spoken = self._memory.spoken(conversation_id)
        if growing and growing.id not in [message.id for message in spoken]:
            spoken.append(growing)
        items, cursor = slice_page(spoken, page, f"{conversation_id}/", _message_key, newest_first=False)
        return Page(items=listed(items), total=total, next_cursor=cursor)

    def recent(self, conversation_id: str, *, until: str, limit: int) -> Iterator[Message]:
        kept = self._memory.messages.get(conversation_id, {})
        return (
            short(kept[each]) for each in [one for one in sorted(kept, reverse=True) if one <= until][:limit]
        )

    def discard(self, message: Message) -> None:
        for kept in (self._memory.messages, self._memory.replaced):
            kept.get(message.conversation_id, {}).pop(message.id, None)

    def delete(self, owner_id: str, message: Message) -> bool:
        with self._memory.guard:
            found = self._memory.conversations.get(message.conversation_id)
            kept = self._memory.messages.get(message.conversation_id, {})
            replaced = self._memory.replaced.get(message.conversation_id, {})
            if replaced.pop(message.id, None) is not None:
                return True
            if found is None or message.id not in kept or _is_needed(message, found.running):
                return False
            for each in (kept.pop(message.id), *message.alternatives):
                replaced.pop(each.id, None)
            counted = replace(found, message_count=found.message_count - 1)
            self._memory.conversations[found.id] = counted
            return True


class InMemoryReplyLock:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def acquire(self, conversation: Conversation, running: RunningReply) -> None:
        with self._memory.guard:
            found = self._memory.conversations.get(conversation.id)
            if found is None or found.running is not None:
                raise ReplyRunningError
            self._memory.conversations[found.id] = replace(found, running=running)

    def renew(self, conversation: Conversation, running: RunningReply) -> None:
        with self._memory.guard:
            found = self._held(conversation.id, running.reply_id)
            if found is None:
                raise ReplyRunningError
            self._memory.conversations[found.id] = replace(found, running=running)

    def release(self, conversation: Conversation, reply_id: str, *, added: int, title: str | None) -> bool:
        with self._memory.guard:
            found = self._held(conversation.id, reply_id)
            if found is None:
                return False
            self._memory.conversations[found.id] = replace(
                found,
                running=None,
                message_count=found.message_count + added,
                updated_at=now(),
                title=title if title is not None and found.title == DEFAULT_TITLE else found.title,
            )
            return True

    def _held(self, conversation_id: str, reply_id: str) -> Conversation | None:
        found = self._memory.conversations.get(conversation_id)
        return found if found and found.running and found.running.reply_id == reply_id else None


def _is_needed(message: Message, running: RunningReply | None) -> bool:
    return running is not None and message.id in (running.user_message_id, running.replaces)


def _update_key(conversation: Conversation) -> str:
    return f"{to_iso(conversation.updated_at)} {conversation.id}"


def _message_key(message: Message) -> str:
    return message.id
