"""The window of a conversation that a model is shown: bounded in messages and tokens, read newest first."""

from parley.domain.conversations import Conversation
from parley.domain.messages import MessageRepository
from parley.models.tokens import estimate_tokens
from parley.models.types import ChatTurn

MAX_MESSAGES = 50
MAX_TOKENS = 32_000


def read_history(messages: MessageRepository, conversation: Conversation, *, until: str) -> list[ChatTurn]:
    """System prompt first, the message `until` last. That one is in it whatever its length."""
    turns: list[ChatTurn] = []
    tokens = 0
    for message in messages.recent(conversation.id, until=until, limit=MAX_MESSAGES):
        tokens += estimate_tokens(message.content)
        if turns and tokens > MAX_TOKENS:
            break
        if message.content:
            turns.append(ChatTurn(role=message.role, content=message.content))
    if conversation.system_prompt:
        turns.append(ChatTurn(role="system", content=conversation.system_prompt))
    return turns[::-1]
