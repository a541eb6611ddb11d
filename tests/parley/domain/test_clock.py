"""Times as texts."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from parley.domain.clock import from_iso, now, to_iso

moments = st.datetimes(min_value=datetime(1971, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_a_time_is_written_in_utc_to_the_millisecond():
    shanghai = timezone(timedelta(hours=8))
    assert to_iso(datetime(2026, 3, 1, 20, 0, 0, 5999, tzinfo=shanghai)) == "2026-03-01T12:00:00.005Z"


def test_the_present_survives_being_written():
    moment = now()
    assert from_iso(to_iso(moment)) == moment


@given(moments, moments)
def test_texts_sort_as_their_times_do(one, other):
    first, second = (from_iso(to_iso(moment)) for moment in (one, other))
    assert (to_iso(one) < to_iso(other)) == (first < second)
