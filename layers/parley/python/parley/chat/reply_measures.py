"""What is told of each reply: a line in the log, and metrics."""

import time

from parley.domain.events import ReplyEvent, ReplyFailed, TextDelta, ThinkingDelta
from parley.domain.messages import Message
from parley.domain.room_messages import RoomMessage
from parley.observability import Measured, log, measure

# These are ours. Others are a model's service's, which is often the user's own.
_OUR_FAILURES = frozenset({"internal_error", "interrupted"})


class ReplyMeasures:
    """From its making on, the time runs."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._first_token_ms: float | None = None

    def see(self, event: ReplyEvent) -> None:
        if self._first_token_ms is None and isinstance(event, TextDelta | ThinkingDelta):
            self._first_token_ms = self._elapsed_ms()

    def report(self, reply: Message | RoomMessage, failure: ReplyFailed | None) -> None:
        usage = reply.usage
        log(
            "reply",
            message_id=reply.id,
            reply_status=reply.status.value,
            error_type=failure and failure.type,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            first_token_ms=self._first_token_ms and round(self._first_token_ms),
            duration_ms=round(self._elapsed_ms()),
        )
        is_broken = failure is not None and failure.type in _OUR_FAILURES
        measured = [
            Measured("Replies", "Count", 1),
            Measured("BrokenReplies", "Count", int(is_broken)),
            Measured("PromptTokens", "Count", usage.prompt_tokens),
            Measured("CompletionTokens", "Count", usage.completion_tokens),
            Measured("Tokens", "Count", usage.total_tokens),
        ]
        if self._first_token_ms is not None:
            measured.append(Measured("TimeToFirstToken", "Milliseconds", self._first_token_ms))
        measure(measured)

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._started) * 1000
