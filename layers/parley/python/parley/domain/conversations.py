"""Conversations of one person with a model."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from parley.domain.pages import Page, PageRequest

DEFAULT_TITLE = "新会话"
DEFAULT_MODEL = "glm-5"
DEFAULT_TEMPERATURE = 1.0
DEFAULT_MAX_TOKENS = 65_536

_TITLE_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningReply:
    """The reply that is being written now, and the lease on which its writer lives.

    It is also the intent: what it names may already be stored, and is counted when the reply ends or, if its
    writer died, when the lease has run out.
    """

    reply_id: str
    user_message_id: str
    created_at: datetime
    lease_until_ms: int
    # The reply to the same message whose place it takes; without one, it is the end of a new exchange.
    replaces: str | None = None

    @property
    def adds(self) -> int:
        """How many messages the conversation has more when it ends."""
        return 0 if self.replaces else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    id: str
    user_id: str
    project_id: str | None
    title: str
    model: str
    system_prompt: str | None
    temperature: float
    max_tokens: int
    thinking_enabled: bool
    message_count: int
    created_at: datetime
    updated_at: datetime
    running: RunningReply | None = None


def title_from(content: str) -> str:
    """A title out of the first thing that was said: its first line, shortened at a word."""
    line = " ".join(content.strip().split("\n", 1)[0].split())
    if len(line) <= _TITLE_LENGTH:
        return line or DEFAULT_TITLE
    cut = line[:_TITLE_LENGTH]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > _TITLE_LENGTH // 2 else cut) + "…"


class ConversationRepository(Protocol):
    """Every call names the owner; somebody else's conversation is a `ConversationNotFoundError`."""

    def add(self, conversation: Conversation) -> None: ...

    def get(self, owner_id: str, conversation_id: str) -> Conversation: ...

    def list_page(self, owner_id: str, *, project_id: str | None, page: PageRequest) -> Page[Conversation]:
        """Newest `updated_at` first. Raises `InvalidCursorError`."""

    def change(self, owner_id: str, conversation_id: str, changes: dict[str, Any]) -> Conversation:
        """Set the named fields (and `updated_at`)."""

    def delete(self, owner_id: str, conversation_id: str) -> None:
        """Remove it with its messages. Safe to repeat after a failure half-way."""


class ReplyLock(Protocol):
    """A conversation's single running reply: a lock with a lease, which also carries the intent."""

    def acquire(self, conversation: Conversation, running: RunningReply) -> None:
        """Raises `ReplyRunningError` where it is held, also by a writer whose lease has run out."""

    def renew(self, conversation: Conversation, running: RunningReply) -> None:
        """Move `lease_until_ms`; raises `ReplyRunningError` where the lock is another's by now."""

    def release(self, conversation: Conversation, reply_id: str, *, added: int, title: str | None) -> bool:
        """Give it up, count `added` messages and touch the conversation, in one write.

        `title` is set where the conversation still bears the default one. False, and nothing changed, where
        the lock is not this reply's: so that it may be repeated.
        """
