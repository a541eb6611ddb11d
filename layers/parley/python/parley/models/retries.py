"""When to ask a busy service again."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_BUSY_STATUSES = (429, 503, 529)
_FIRST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBudget:
    """At most `max_tries` tries, of which the last begins within `total_seconds` of the first."""

    max_tries: int = 3
    total_seconds: float = 20.0

    def pause_before_next(
        self, status: int, headers: Mapping[str, str], *, tries: int, elapsed_seconds: float
    ) -> float | None:
        """Seconds to wait, or None where it is not worth it: the service asks for more time than is left."""
        if status not in _BUSY_STATUSES or tries >= self.max_tries:
            return None
        asked = retry_after_seconds(headers.get("retry-after"))
        pause = _FIRST_PAUSE_SECONDS * 2 ** (tries - 1) if asked is None else asked
        return pause if elapsed_seconds + pause <= self.total_seconds else None


def retry_after_seconds(value: str | None, *, clock: Callable[[], float] = time.time) -> float | None:
    """Seconds from now of a Retry-After header, which may be a number or a date; None if it is neither."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - clock()
        except ValueError:
            return None
    # NaN compares false with everything, and an infinite pause is no pause that ends.
    return max(0.0, seconds) if seconds < float("inf") else None
