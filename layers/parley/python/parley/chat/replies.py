"""Sending: the user's message is stored before the model is asked, and the reply is run to its end."""

import asyncio
from collections.abc import Callable

from parley.chat.drafts import Draft
from parley.chat.engine import ReplyEngine
from parley.chat.exchanges import Exchange, new_exchange
from parley.chat.history import read_history
from parley.chat.keyed_sends import EarlierExchange, KeyedSends
from parley.chat.leases import Lease, has_expired
from parley.chat.log_writers import LogWriter
from parley.chat.model_choice import ModelChoice
from parley.chat.regeneration import Regeneration
from parley.chat.reply_readers import ReplyReader
from parley.chat.reply_runs import ReplyRun
from parley.chat.reply_stores import ExchangeStore
from parley.chat.settlements import Settlement
from parley.chat.tool_runs import ToolRunner
from parley.chat.transcripts import Transcript
from parley.domain.conversations import ConversationRepository, ReplyLock, RunningReply
from parley.domain.idempotency import KeyedRequest, RequestRecords
from parley.domain.messages import Message, MessageRepository
from parley.domain.reply_logs import ReplyLog
from parley.domain.usage import UsageRepository
from parley.errors import ReplyEndedError, ReplyRunningError
from parley.models.types import ModelRequest
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolContext


class ReplyService:
    def __init__(
        self,
        *,
        conversations: ConversationRepository,
        messages: MessageRepository,
        lock: ReplyLock,
        log: ReplyLog,
        usage: UsageRepository,
        request_records: RequestRecords,
        models: ModelChoice,
        tools: ToolRegistry,
        lease: Lease,
    ) -> None:
        self._conversations = conversations
        self._messages = messages
        self._lock = lock
        self._log = log
        self._usage = usage
        self._models = models
        self._tools = tools
        self._lease = lease
        settlement = Settlement(messages=messages, lock=lock, log=log, usage=usage)
        self.transcript = Transcript(conversations=conversations, messages=messages, settlement=settlement)
        self.reader = ReplyReader(self.transcript, log)
        self._keyed = KeyedSends(records=request_records, messages=messages, lease=lease)
        self.regeneration = Regeneration(
            transcript=self.transcript, messages=messages, lock=lock, lease=lease, keyed=self._keyed
        )

    def post_message(
        self, user_id: str, conversation_id: str, content: str, keyed: KeyedRequest | None = None
    ) -> Exchange | EarlierExchange:
        """Take the conversation's lock and store the message; then `start` must follow. Blocks.

        A `keyed` request that was made before gets what came of it. Raises `ConversationNotFoundError`,
        `ReplyRunningError` and, for a keyed request, what `KeyedSends.claim` does.
        """
        conversation = self.transcript.get_settled(user_id, conversation_id)
        exchange = new_exchange(conversation, content)
        running = self._lease.begin(exchange)
        if keyed is None:
            self._store(exchange, running)
            return exchange
        earlier = self._keyed.claim(
            keyed,
            conversation_id=conversation.id,
            user_message_id=exchange.user_message.id,
            reply_id=exchange.reply.id,
        )
        if earlier is None:
            self._keyed.storing(keyed, lambda: self._store(exchange, running))
        return earlier or exchange

    def _store(self, exchange: Exchange, running: RunningReply) -> None:
        """Who was held up for longer than the lease may have been taken for dead, and takes it all back."""
        conversation = exchange.conversation
        if conversation.running is not None:
            raise ReplyRunningError
        self._lock.acquire(conversation, running)
        try:
            self._messages.put(exchange.user_message)
            if has_expired(running) and not self._messages.get(conversation.id, running.reply_id):
                raise ReplyRunningError
        except BaseException:
            # It may be stored all the same: only the answer to the write was lost.
            self._messages.discard(exchange.user_message)
            self._lock.release(conversation, exchange.reply.id, added=0, title=None)
            raise

    async def stop(self, user_id: str, message_id: str) -> Message:
        """Have the reply's writer end it, wherever it runs; the reply as it is then stored.

        Raises `MessageNotFoundError`, and `ReplyEndedError` where there is nothing left to stop.
        """
        await asyncio.to_thread(self._request_stop, user_id, message_id)
        return await self.reader.wait_for_reply(user_id, message_id)

    def _request_stop(self, user_id: str, message_id: str) -> None:
        if self.transcript.has_ended(user_id, message_id) or not self._log.request_stop(message_id):
            raise ReplyEndedError

    def start(
        self,
        exchange: Exchange,
        *,
        tools_enabled: bool,
        seconds_left: Callable[[], float] | None = None,
    ) -> ReplyRun[Message]:
        """Begin the reply on the running event loop. It runs to its end whether or not anybody listens.

        `seconds_left` tells how long this process may run; the reply ends itself before that.
        """
        context = ToolContext(user_id=exchange.conversation.user_id)
        runner = ToolRunner(self._tools, context, enabled=tools_enabled)
        store = ExchangeStore(
            exchange,
            conversations=self._conversations,
            messages=self._messages,
            lock=self._lock,
            log=self._log,
            usage=self._usage,
            lease=self._lease,
        )
        run = ReplyRun(
            prepare=lambda: self._prepare(exchange, runner),
            store=store,
            log=LogWriter(self._log, exchange.reply.id),
            reply=exchange.reply,
            draft=Draft(),
            user_message_id=exchange.user_message.id,
            seconds_left=seconds_left,
        )
        run.start()
        return run

    async def _prepare(self, exchange: Exchange, runner: ToolRunner) -> tuple[ReplyEngine, ModelRequest]:
        """The model and the history are looked for at the same time."""
        conversation, until = exchange.conversation, exchange.user_message.id
        chosen, turns = await asyncio.gather(
            asyncio.to_thread(self._models.choose, conversation.user_id, conversation.model),
            asyncio.to_thread(read_history, self._messages, conversation, until=until),
        )
        request = ModelRequest(
            model=chosen.name,
            turns=turns,
            temperature=conversation.temperature,
            max_tokens=conversation.max_tokens,
            thinking_enabled=conversation.thinking_enabled,
            tools=runner.specs(),
        )
        return ReplyEngine(chosen.client, runner), request
