"""The window of a conversation that a model is shown: bounded in messages and tokens, read newest first.

A long message is read whole only where all of it is shown; otherwise the model sees its beginning.
"""

from parley.domain.conversations import Conversation
from parley.domain.messages import Message, MessageRepository
from parley.models.tokens import estimate_tokens
from parley.models.types import ChatTurn

MAX_MESSAGES = 50
MAX_TOKENS = 32_000
# Tells the model that a message goes on.
CUT = " […]"


def read_history(messages: MessageRepository, conversation: Conversation, *, until: str) -> list[ChatTurn]:
    """System prompt first, the message `until` last. That one is in it whole, whatever its length."""
    turns: list[ChatTurn] = []
    left = MAX_TOKENS
    for message in messages.recent(conversation.id, until=until, limit=MAX_MESSAGES):
        content = message.content
        if message.is_content_cut:
            is_shown_whole = not turns or _tokens_of(message) <= left
            content = _whole_content(messages, message) if is_shown_whole else content + CUT
        left -= estimate_tokens(content)
        if turns and left < 0:
            break
        if content:
            turns.append(ChatTurn(role=message.role, content=content))
    if conversation.system_prompt:
        turns.append(ChatTurn(role="system", content=conversation.system_prompt))
    return turns[::-1]


def _whole_content(messages: MessageRepository, message: Message) -> str:
    whole = messages.get(message.conversation_id, message.id)
    return whole.content if whole else message.content + CUT


def _tokens_of(message: Message) -> float:
    """Of the whole, of which only the beginning is known: as if it went on like that."""
    share_known = len(message.content) / (message.whole_content_characters or 1)
    return estimate_tokens(message.content) / share_known
