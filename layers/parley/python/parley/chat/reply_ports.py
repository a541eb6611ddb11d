"""What a run needs of those who keep its reply: the same for a conversation's replies and for a room's."""

from typing import Protocol

from parley.chat.leases import Lease
from parley.domain.events import ReplyEvent


class ReplyStore[Reply](Protocol):
    """Where one reply is kept while it is written and when it ends. All calls block."""

    @property
    def lease(self) -> Lease: ...

    def renew(self) -> None:
        """Raises `ReplyRunningError` where the lease was lost, or what the reply belongs to is gone."""

    def keep(self, reply: Reply) -> None:
        """Store it as it has ended; its log has ended before."""

    def abandon(self, reply: Reply) -> None:
        """Another has settled it, or what it belongs to is gone: then nothing of it may stay."""


class ReplyDraft[Reply](Protocol):
    """A reply as it grows out of its events."""

    def apply(self, event: ReplyEvent) -> None: ...

    def fill(self, reply: Reply) -> Reply:
        """The reply with what has been collected so far."""
