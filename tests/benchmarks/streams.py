"""Streaming: how late the first text is, and how fast a flood, beside reading the model's stream directly.

All processes of a machine share one monotonic clock, and the model's first word says when its first byte
was sent: so a delay is one reading of the clock less another, whatever the request took before.
"""

import asyncio
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from tests.benchmarks.rig import Rig
from tests.benchmarks.rows import Row, spread
from tests.benchmarks.streamed_replies import Streams, Text, running_streams

FIRST_TEXTS = 30
MAX_FIRST_TEXT_MS = 30

FLOODS = 11
FLOOD_EVENTS = 20_000
MIN_RATE_RATIO = 0.70

MAX_MEMORY_MB = 130

# Long enough that what begins a reply has settled when the word comes, and that the word comes alone.
_WORD = "stamped:0.05"
# One write for each event: as a model's service sends them.
_FLOOD = f"flood:{FLOOD_EVENTS}:1"

type Read = Callable[[str], Iterator[Text]]


async def measure(_: Rig) -> list[Row]:
    """Through a whole running stack, from the gateway's socket to the worker and back."""
    return await asyncio.to_thread(_measure)


def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as data:
        with running_streams(Path(data)) as streams:
            _first_text_ms(streams.through_parley)  # the worker's cold start is measured elsewhere
            rows = [_first_text_row(streams), _flood_row(streams)]
        return [*rows, _memory_row(streams.output.read_text())]


def _first_text_row(streams: Streams) -> Row:
    ours, direct = [], []
    for _ in range(FIRST_TEXTS):
        ours.append(_first_text_ms(streams.through_parley))
        direct.append(_first_text_ms(streams.directly))
    return Row(
        what="first text after the model's first byte",
        measured=spread(ours, "ms"),
        reference=f"read directly {spread(direct, 'ms')}",
        ratio=f"+{median(ours) - median(direct):.1f} ms",
        goal=f"≤ {MAX_FIRST_TEXT_MS} ms",
    )


def _first_text_ms(read: Read) -> float:
    (word,) = read(_WORD)
    return (word.at - float(word.content)) * 1000


def _flood_row(streams: Streams) -> Row:
    ours, direct = [], []
    for _ in range(FLOODS):
        direct.append(_events_per_second(streams.directly))
        ours.append(_events_per_second(streams.through_parley))
    # Pair by pair, since the machine's speed drifts.
    ratio = median(mine / theirs for mine, theirs in zip(ours, direct, strict=True))
    return Row(
        what=f"flood of {FLOOD_EVENTS} events",
        measured=spread(ours, "events/s"),
        reference=f"read directly {spread(direct, 'events/s')}",
        ratio=f"{ratio:.2f}",
        goal=f"≥ {MIN_RATE_RATIO:.2f}",
    )


def _events_per_second(read: Read) -> float:
    """From the first event to the last."""
    texts = list(read(_FLOOD))
    assert len(texts) == FLOOD_EVENTS, f"{len(texts)} of {FLOOD_EVENTS} events arrived"
    return (FLOOD_EVENTS - 1) / (texts[-1].at - texts[0].at)


def _memory_row(output: str) -> Row:
    reports = re.findall(r"^.*\bmessages\b.*Max Memory Used: (\d+) MB", output, re.MULTILINE)
    peaks = [int(mb) for mb in reports]
    return Row(
        what="memory of the messages worker after these",
        measured=f"{max(peaks)} MB",
        reference=f"after its first reply {peaks[0]} MB",
        ratio="",
        goal=f"≤ {MAX_MEMORY_MB} MB",
    )
