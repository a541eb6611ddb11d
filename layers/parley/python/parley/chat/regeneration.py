"""Answering a message anew: the new reply takes the place of the one that is there, which stays readable."""

from parley.chat.exchanges import Exchange, exchange_anew
from parley.chat.keyed_sends import EarlierExchange, KeyedSends
from parley.chat.leases import Lease
from parley.chat.transcripts import Transcript
from parley.domain.conversations import ReplyLock
from parley.domain.idempotency import KeyedRequest
from parley.domain.messages import MessageRepository
from parley.errors import MessageNotFoundError, ReplyRunningError


class Regeneration:
    """All calls block."""

    def __init__(
        self,
        *,
        transcript: Transcript,
        messages: MessageRepository,
        lock: ReplyLock,
        lease: Lease,
        keyed: KeyedSends,
    ) -> None:
        self._transcript = transcript
        self._messages = messages
        self._lock = lock
        self._lease = lease
        self._keyed = keyed

    def begin(
        self, user_id: str, message_id: str, keyed: KeyedRequest | None = None
    ) -> Exchange | EarlierExchange:
        """Take the conversation's lock for another reply; then the reply must be started.

        The id may be that of the user's message, of the reply in its place, or of an earlier one. Raises what
        `Transcript.find_exchange` does, `ReplyRunningError` and, for a keyed request, what `KeyedSends.claim`
        does.
        """
        conversation, user_message, replaced = self._transcript.find_exchange(user_id, message_id)
        exchange = exchange_anew(conversation, user_message, replaced)
        if keyed is None:
            self._take_lock(exchange)
            return exchange
        earlier = self._keyed.claim(
            keyed,
            conversation_id=conversation.id,
            user_message_id=user_message.id,
            reply_id=exchange.reply.id,
            has_begun=lambda reply_id: self._has_begun(user_id, reply_id),
        )
        if earlier is None:
            self._keyed.storing(keyed, lambda: self._take_lock(exchange))
        return earlier or exchange

    def _take_lock(self, exchange: Exchange) -> None:
        conversation = exchange.conversation
        if conversation.running is not None:
            raise ReplyRunningError
        try:
            self._lock.acquire(conversation, self._lease.begin(exchange))
            self._look_again(exchange)
        except BaseException:
            # It may be taken all the same: only the answer to the write was lost.
            self._lock.release(conversation, exchange.reply.id, added=0, title=None)
            raise

    def _look_again(self, exchange: Exchange) -> None:
        """Until the lock was taken, the messages could be deleted, or be answered anew by another."""
        user_message, reply = self._messages.get_exchange(exchange.conversation.id, exchange.user_message.id)
        if user_message is None or reply is None:
            raise MessageNotFoundError
        if reply.id != exchange.replaces:
            raise ReplyRunningError

    def _has_begun(self, user_id: str, reply_id: str) -> bool:
        try:
            self._transcript.has_ended(user_id, reply_id)
        except MessageNotFoundError:
            return False
        return True
