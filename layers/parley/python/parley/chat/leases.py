"""How long a writer may be silent before its reply counts as interrupted."""

import time
from dataclasses import dataclass

from parley.chat.exchanges import Exchange
from parley.domain.conversations import RunningReply


@dataclass(frozen=True, slots=True)
class Lease:
    """A writer that lives renews it well before its end; one that was killed frees the conversation then."""

    seconds: float = 30.0

    @property
    def renewal_seconds(self) -> float:
        return self.seconds / 3

    def begin(self, exchange: Exchange) -> RunningReply:
        return RunningReply(
            reply_id=exchange.reply.id,
            user_message_id=exchange.user_message.id,
            created_at=exchange.reply.created_at,
            replaces=exchange.replaces,
            lease_until_ms=int((time.time() + self.seconds) * 1000),
        )


def has_expired(running: RunningReply) -> bool:
    return running.lease_until_ms <= time.time() * 1000
