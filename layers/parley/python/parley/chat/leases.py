"""How long a writer may be silent before its reply counts as interrupted."""

import time

from parley.domain.conversations import RunningReply

# A writer that lives renews well before its lease runs out; one that was killed frees the conversation then.
LEASE_SECONDS = 30.0
LEASE_RENEWAL_SECONDS = 10.0


def new_lease(reply_id: str, user_message_id: str) -> RunningReply:
    return RunningReply(
        reply_id=reply_id,
        user_message_id=user_message_id,
        lease_until_ms=int((time.time() + LEASE_SECONDS) * 1000),
    )


def has_expired(running: RunningReply) -> bool:
    return running.lease_until_ms <= time.time() * 1000
