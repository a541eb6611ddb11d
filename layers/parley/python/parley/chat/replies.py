"""Sending: the user's message is stored before the model is asked, and the reply is run to its end."""

from dataclasses import dataclass, replace

from parley.chat.engine import ReplyEngine
from parley.chat.history import read_history
from parley.chat.leases import new_lease
from parley.chat.model_choice import ModelChoice
from parley.chat.reply_runs import ReplyRun
from parley.chat.reply_stores import ReplyStore
from parley.chat.tool_runs import ToolRunner
from parley.chat.transcripts import Transcript
from parley.domain.clock import now
from parley.domain.conversations import Conversation, ConversationRepository, ReplyLock
from parley.domain.ids import new_message_id
from parley.domain.messages import Message, MessageRepository, MessageStatus
from parley.domain.usage import UsageRepository
from parley.errors import ReplyRunningError
from parley.models.tokens import estimate_tokens
from parley.models.types import ModelRequest
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A stored user message and the reply that may now be written: the conversation's lock is held for it."""

    conversation: Conversation
    user_message: Message
    reply: Message


class ReplyService:
    def __init__(
        self,
        *,
        conversations: ConversationRepository,
        messages: MessageRepository,
        lock: ReplyLock,
        usage: UsageRepository,
        models: ModelChoice,
        tools: ToolRegistry,
    ) -> None:
        self._conversations = conversations
        self._messages = messages
        self._lock = lock
        self._usage = usage
        self._models = models
        self._tools = tools
        self.transcript = Transcript(conversations=conversations, messages=messages, lock=lock)

    def post_message(self, user_id: str, conversation_id: str, content: str) -> Exchange:
        """Take the conversation's lock and store the message; then `start` must follow. Blocks.

        Raises `ConversationNotFoundError` and `ReplyRunningError`.
        """
        conversation = self.transcript.get_settled(user_id, conversation_id)
        if conversation.running is not None:
            raise ReplyRunningError
        exchange = _new_exchange(conversation, content)
        self._lock.acquire(conversation, new_lease(exchange.reply.id, exchange.user_message.id))
        try:
            self._messages.put(exchange.user_message)
        except BaseException:
            self._lock.release(conversation, exchange.reply.id, added=0, title=None)
            raise
        return exchange

    def start(self, exchange: Exchange, *, tools_enabled: bool) -> ReplyRun:
        """Begin the reply on the running event loop. It runs to its end whether or not anybody listens."""
        context = ToolContext(user_id=exchange.conversation.user_id)
        runner = ToolRunner(self._tools, context, enabled=tools_enabled)
        store = ReplyStore(
            exchange.conversation,
            user_message=exchange.user_message,
            conversations=self._conversations,
            messages=self._messages,
            lock=self._lock,
            usage=self._usage,
        )
        run = ReplyRun(
            engine=ReplyEngine(self._models.client(), runner),
            read_request=lambda: self._request(exchange.conversation, runner),
            store=store,
            reply=exchange.reply,
            user_message_id=exchange.user_message.id,
        )
        run.start()
        return run

    def _request(self, conversation: Conversation, runner: ToolRunner) -> ModelRequest:
        return ModelRequest(
            model=self._models.name(conversation.model),
            turns=read_history(self._messages, conversation),
            temperature=conversation.temperature,
            max_tokens=conversation.max_tokens,
            thinking_enabled=conversation.thinking_enabled,
            tools=runner.specs(),
        )


def _new_exchange(conversation: Conversation, content: str) -> Exchange:
    user_message = Message(
        id=new_message_id(conversation.id),
        conversation_id=conversation.id,
        role="user",
        content=content,
        created_at=now(),
        token_count=estimate_tokens(content),
    )
    reply = replace(
        user_message,
        id=new_message_id(conversation.id, after=user_message.id),
        role="assistant",
        content="",
        status=MessageStatus.STREAMING,
        model=conversation.model,
        token_count=0,
    )
    return Exchange(conversation=conversation, user_message=user_message, reply=reply)
