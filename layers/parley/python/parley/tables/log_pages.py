"""Items of a reply's log read as events."""

from collections.abc import Mapping, Sequence

from parley.domain.reply_logs import LogPage, NumberedEvent
from parley.tables.log_items import LogItem
from parley.tables.logged_events import decode_events

# What a `mark` says: an end is wanted, there will be none, this chunk has it.
STOP = "stop"
SEALED = "sealed"
ENDED = "ended"


def place_key(number: int) -> str:
    return f"{number:09d}"


def page_of(rows: Sequence[LogItem], *, after: int, place: int) -> LogPage:
    """Of a log from `place` on the events behind `after`, up to where it has a gap.

    What lies beyond that is of no use: the chunk in between has expired, or is not to be seen yet.
    """
    events: list[NumberedEvent] = []
    further = {row.sk: row.body or b"" for row in rows if "#" in row.sk}
    for row in rows:
        if "#" in row.sk or row.mark == STOP:
            continue
        body = _whole_body(row, further)
        if row.sk != place_key(place) or body is None:
            break
        if row.mark == SEALED:
            return LogPage(events=tuple(events), length=place - 1, is_sealed=True, place=place)
        place = int(row.last_event or 0) + 1
        if place - 1 > after:
            events += [each for each in enumerate(decode_events(body), start=int(row.sk)) if each[0] > after]
        if row.mark == ENDED:
            return LogPage(events=tuple(events), length=place - 1, place=place)
    return LogPage(events=tuple(events), place=place)


def _whole_body(row: LogItem, further: Mapping[str, bytes]) -> bytes | None:
    names = [f"{row.sk}#{number:04d}" for number in range(1, int(row.parts or 0) + 1)]
    if not all(name in further for name in names):
        return None
    return (row.body or b"") + b"".join(further[name] for name in names)
