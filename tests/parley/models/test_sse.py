from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.models import sse
from parley.models.sse import EventTooLargeError, SseDecoder


def decode(*chunks: bytes) -> list[bytes]:
    decoder = SseDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.close()


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data:a\r\n\r\ndata:  b\r\n\r\n", [b"a", b" b"]),
        (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b": comment\n\nevent: x\nid: 1\nretry: 5\ndata: a\n\n", [b"a"]),
        (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
        (b"\n\n\ndata: a\n\n\n\n", [b"a"]),
        (b"data: a\n\ndata: b", [b"a", b"b"]),
        (b"data: a\n\ndata: b\n", [b"a", b"b"]),
        (b"database: a\n\ndata\n\n", []),
        (b"", []),
    ],
)
def test_events_are_read_as_the_standard_says(stream, events):
    assert decode(stream) == events


_LINES = st.sampled_from(
    [
        b"data: a",
        b"data:b",
        "data: 字é".encode(),
        b"data: ",
        b"",
        b"",
        b": ping",
        b"event: x",
        b'data: {"x": 1}',
    ]
)
_ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


@given(st.lists(_LINES), _ENDS, st.booleans(), st.data())
def test_the_boundaries_of_the_chunks_make_no_difference(lines, end, has_mark, data):
    stream = (b"\xef\xbb\xbf" if has_mark else b"") + end.join([*lines, b""])
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=20))
    places = [0, *sorted(cuts), len(stream)]
    chunks = [stream[start:stop] for start, stop in pairwise(places)]
    assert decode(*chunks) == decode(stream)
    assert decode(*(bytes([byte]) for byte in stream)) == decode(stream)


@pytest.mark.parametrize("chunk", [b"x" * 100, b"data: " + b"x" * 90 + b"\n", b"data: x\n" * 10])
def test_an_event_of_excessive_size_ends_the_reading(monkeypatch, chunk):
    monkeypatch.setattr(sse, "_MAX_EVENT_BYTES", 1000)
    with pytest.raises(EventTooLargeError):
        decode(*[chunk] * 200)


def test_many_events_are_not_taken_for_one_of_excessive_size(monkeypatch):
    monkeypatch.setattr(sse, "_MAX_EVENT_BYTES", 1000)
    decoder = SseDecoder()
    assert (
        sum(
            len(decoder.feed(b"data: 0123456789\n\nda")) + len(decoder.feed(b"ta: x\n\n")) for _ in range(500)
        )
        == 1000
    )
