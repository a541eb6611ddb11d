"""How long a writer may be silent before its reply counts as interrupted."""

import time
from dataclasses import dataclass

from parley.domain.conversations import RunningReply


@dataclass(frozen=True, slots=True)
class Lease:
    """A writer that lives renews it well before its end; one that was killed frees the conversation then."""

    seconds: float = 30.0

    @property
    def renewal_seconds(self) -> float:
        return self.seconds / 3

    def begin(self, reply_id: str, user_message_id: str) -> RunningReply:
        return RunningReply(
            reply_id=reply_id,
            user_message_id=user_message_id,
            lease_until_ms=int((time.time() + self.seconds) * 1000),
        )


def has_expired(running: RunningReply) -> bool:
    return running.lease_until_ms <= time.time() * 1000
