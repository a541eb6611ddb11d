"""When a reply that grows is worth a frame: a frame costs as much as a hundred words, a reader wants each.

The first words go at once; from then on as many at a time as keep what is sent within one and a half times
the text, but never more often than four times a second.
"""

from dataclasses import replace

from parley.domain.room_events import StepGrown
from parley.room_wire import encode_frame

MIN_SECONDS = 0.25
# A slow model's words are not kept for longer, whatever they cost.
MAX_SECONDS = 2.0
# How many bytes around the text are sent for each byte of it. The first frame is free, and the last one is
# sent as it is.
_OVERHEAD_SHARE = 0.35


class StepWindow:
    """Gathers the deltas of one message. Times are in seconds, of any clock."""

    def __init__(self, first: StepGrown) -> None:
        self.message_id = first.message_id
        self._gathered: StepGrown | None = None
        self._last_at = float("-inf")
        self._frame_bytes = len(encode_frame(replace(first, delta="")))
        self._text_bytes = 0
        self._overhead_bytes = 0

    def fits(self, event: StepGrown) -> bool:
        """Whether it goes on where the gathered text ends."""
        return self._gathered is None or follows(self._gathered, event)

    def add(self, event: StepGrown) -> None:
        self._gathered = event if self._gathered is None else joined(self._gathered, event)
        self._text_bytes += len(event.delta.encode())

    def due_in(self, now: float) -> float:
        """0 where it is worth a frame now."""
        is_affordable = self._overhead_bytes <= _OVERHEAD_SHARE * self._text_bytes
        return max(0.0, self._last_at + (MIN_SECONDS if is_affordable else MAX_SECONDS) - now)

    def take(self, now: float) -> StepGrown | None:
        taken, self._gathered = self._gathered, None
        if taken is not None:
            self._last_at = now
            self._overhead_bytes += self._frame_bytes
        return taken


def follows(earlier: StepGrown, later: StepGrown) -> bool:
    is_same = (earlier.message_id, earlier.index) == (later.message_id, later.index)
    return is_same and earlier.offset + len(earlier.delta) == later.offset


def joined(earlier: StepGrown, later: StepGrown) -> StepGrown:
    return replace(earlier, delta=earlier.delta + later.delta)
