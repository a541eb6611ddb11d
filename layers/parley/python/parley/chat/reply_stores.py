"""Where a conversation's reply is kept while it is written and when it ends. All calls block."""

from parley.chat.exchanges import Exchange
from parley.chat.leases import Lease
from parley.domain.conversations import ConversationRepository, ReplyLock
from parley.domain.messages import Message, MessageRepository
from parley.domain.reply_logs import ReplyLog
from parley.domain.usage import UsageRepository
from parley.errors import ConversationNotFoundError
from parley.observability import log_failure


class ExchangeStore:
    def __init__(
        self,
        exchange: Exchange,
        *,
        conversations: ConversationRepository,
        messages: MessageRepository,
        lock: ReplyLock,
        log: ReplyLog,
        usage: UsageRepository,
        lease: Lease,
    ) -> None:
        self._exchange = exchange
        self._conversation = exchange.conversation
        self._conversations = conversations
        self._messages = messages
        self._lock = lock
        self._log = log
        self._usage = usage
        self.lease = lease

    def renew(self) -> None:
        """Raises `ReplyRunningError` where the lease was lost or the conversation is gone."""
        self._lock.renew(self._conversation, self.lease.begin(self._exchange))

    def keep(self, reply: Message) -> None:
        """Store the reply, then count the exchange and free the conversation, then count the tokens.

        Dying before the second write loses nothing: whoever finds the lease run out does it. Dying before the
        third leaves this one reply's tokens out of the usage; they are never counted twice.
        """
        exchange = self._exchange
        self._messages.put(reply, in_place_of=exchange.replaces)
        if self._lock.release(self._conversation, reply.id, added=exchange.adds, title=exchange.title):
            self._count(reply)
        else:
            self.abandon(reply)

    def _count(self, reply: Message) -> None:
        try:
            self._usage.count(self._conversation.user_id, reply)
        except Exception as error:  # the reply is whole and stored: it must not end as a failure
            log_failure("usage not counted", error)

    def abandon(self, reply: Message) -> None:
        """Without the lock the exchange was either counted by another, or its conversation is gone.

        Its removal has taken the user's message with it, unless that was stored just behind it.
        """
        try:
            self._conversations.get(self._conversation.user_id, self._conversation.id)
        except ConversationNotFoundError:
            self._messages.discard(self._exchange.user_message)
            for each in (reply, self._exchange.replaced):
                if each is not None:
                    self._messages.discard(each)
                    self._log.discard(each.id)
