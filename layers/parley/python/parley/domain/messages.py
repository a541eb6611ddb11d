"""Messages of a conversation, and the reply as it grows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from parley.domain.events import FinishReason, ReplyFailed, Usage
from parley.domain.pages import Page, PageRequest

MAX_CONTENT_CHARACTERS = 200_000


class MessageStatus(StrEnum):
    COMPLETE = "complete"
    STREAMING = "streaming"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call that a reply made; `result` is JSON text, or the reason of the failure."""

    id: str
    name: str
    arguments: dict[str, Any]
    result: str | None = None
    success: bool | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: str
    conversation_id: str
    role: Literal["user", "assistant"]
    content: str
    created_at: datetime
    # Of a reply: the user's message that it answers, and the earlier replies to that, oldest first.
    reply_to: str | None = None
    alternatives: tuple["Message", ...] = ()
    status: MessageStatus = MessageStatus.COMPLETE
    thinking: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    model: str | None = None
    token_count: int = 0
    usage: Usage = field(default_factory=Usage)
    # How a reply ended, as far as `status` does not say it.
    finish_reason: FinishReason | None = None
    failure: ReplyFailed | None = None
    # Where this is but the beginning of a long message (see `long_messages`): the length of all its content.
    whole_content_characters: int | None = None

    @property
    def is_beginning(self) -> bool:
        return self.whole_content_characters is not None

    @property
    def is_content_cut(self) -> bool:
        """Not where only the thinking and the tool calls were too long."""
        return (self.whole_content_characters or 0) > len(self.content)


class MessageRepository(Protocol):
    """Messages by conversation. Whoever calls has made sure that the conversation is the user's."""

    def put(self, message: Message, *, in_place_of: str | None = None) -> None:
        """Store it whole, whatever its length; the same id again replaces it.

        `in_place_of` names the reply in whose place it comes, which at once becomes its alternative. Nothing
        is done where that is one already, or gone: so that it may be repeated.
        """

    def get(self, conversation_id: str, message_id: str) -> Message | None:
        """A message, with its alternatives, or an alternative: whole, whatever its length.

        Long alternatives are whole as far as a page takes them.
        """

    def get_beginning(self, conversation_id: str, message_id: str) -> Message | None:
        """The same at a small cost: of a long message, and of long alternatives, the beginning only."""

    def get_exchange(
        self, conversation_id: str, user_message_id: str
    ) -> tuple[Message | None, Message | None]:
        """A user's message and the reply in its place behind it, as far as they are there.

        Of long ones the beginning, and no alternatives.
        """

    def list_page(
        self, conversation_id: str, *, page: PageRequest, total: int, growing: Message | None = None
    ) -> Page[Message]:
        """Oldest first; long messages whole as far as a page takes them, then with their beginnings.

        `growing` is a reply that is not stored yet: the last one, counted in `total`. Raises
        `InvalidCursorError`.
        """

    def recent(self, conversation_id: str, *, until: str, limit: int) -> Iterator[Message]:
        """The newest `limit` messages up to and with that one, newest first, without alternatives.

        Of long ones the beginning. Read as they are taken.
        """

    def discard(self, message: Message) -> None:
        """Remove one that is not counted, or no longer."""

    def delete(self, owner_id: str, message: Message) -> bool:
        """Remove it with its alternatives and count it out of its conversation, at once.

        An alternative was never counted. False where it was gone already, or a running reply needs it.
        """
