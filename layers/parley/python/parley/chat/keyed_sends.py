"""Sends that bear an Idempotency-Key: one user message and one reply, however often they are repeated.

The record names both messages before either is stored. So it need not say how far the send has come: what is
stored says it, whatever died on the way.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from parley.chat.leases import Lease
from parley.domain.idempotency import KeyedRequest, RequestRecord, RequestRecords, begin, take_over
from parley.domain.messages import Message, MessageRepository
from parley.errors import MessageNotFoundError, ParleyError
from parley.observability import log_failure

# Nobody takes over before the reply's own lease has run out.
_MARGIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierExchange:
    """A send that was made before under the same key; its reply may still be being written."""

    user_message: Message
    reply_id: str


class KeyedSends:
    """All calls block."""

    def __init__(self, *, records: RequestRecords, messages: MessageRepository, lease: Lease) -> None:
        self._records = records
        self._messages = messages
        self._lease = lease

    def claim(
        self,
        request: KeyedRequest,
        *,
        conversation_id: str,
        user_message_id: str,
        reply_id: str,
        has_begun: Callable[[str], bool] | None = None,
    ) -> EarlierExchange | None:
        """None: store the message under this id, in `storing`.

        Where the message was there before, `has_begun` says of a reply whether its lock was taken.

        Raises `IdempotencyKeyReusedError`, `MessageNotFoundError` where what was sent has been deleted, and
        `RequestRunningError` while another attempt stores the message.
        """
        content = json.dumps([conversation_id, user_message_id, reply_id]).encode()
        lease_seconds = self._lease.seconds + _MARGIN_SECONDS
        found = begin(self._records, request, lease_seconds=lease_seconds, content=content)
        if found is None:
            return None
        earlier = self._earlier(found, has_begun)
        if earlier is None:
            take_over(self._records, request, found, lease_seconds=lease_seconds, content=content)
        return earlier

    def storing(self, request: KeyedRequest, store: Callable[[], None]) -> None:
        """A refusal frees the key. Of any other failure nobody knows what it left: the lease decides."""
        try:
            store()
        except ParleyError:
            self._records.remove(request)
            raise
        try:
            self._records.finish(request)
        except Exception as error:  # the message is stored, which says the same
            log_failure("send not marked as done", error)

    def _earlier(
        self, found: RequestRecord, has_begun: Callable[[str], bool] | None
    ) -> EarlierExchange | None:
        """None where nothing was stored, yet or ever."""
        conversation_id, user_message_id, reply_id = json.loads(found.content)
        user_message = self._messages.get(conversation_id, user_message_id)
        if user_message is not None and (has_begun is None or has_begun(reply_id)):
            return EarlierExchange(user_message=user_message, reply_id=reply_id)
        if found.is_done:
            raise MessageNotFoundError
        return None
