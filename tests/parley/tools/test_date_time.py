from datetime import UTC, datetime
from typing import Any

import pytest

from parley.tools.date_time import date_time_tool
from parley.tools.types import ToolError

PRESENT = datetime(2025, 3, 1, 6, 30, tzinfo=UTC)


def date_time(operation: str, **arguments: Any) -> dict[str, Any]:
    return date_time_tool(lambda: PRESENT).run(operation=operation, **arguments)


def test_now_is_told_in_utc_unless_a_zone_is_named():
    assert date_time("now") == {
        "iso": "2025-03-01T06:30:00+00:00",
        "timezone": "UTC",
        "date": "2025-03-01",
        "time": "06:30:00",
        "weekday": "Saturday",
        "iso_week": "2025-W09",
        "day_of_year": 60,
        "unix_seconds": 1740810600,
    }
    assert date_time("now", timezone="Asia/Shanghai")["iso"] == "2025-03-01T14:30:00+08:00"


@pytest.mark.parametrize(
    ("name", "iso"),
    [("+08:00", "+08:00"), ("UTC-3", "-03:00"), ("GMT+0530", "+05:30"), ("Europe/Berlin", "+01:00")],
)
def test_zones_are_iana_names_or_offsets(name, iso):
    assert date_time("now", timezone=name)["iso"].endswith(iso)


def test_converting_reads_a_bare_time_in_the_zone_named_and_else_in_utc():
    bare = "2025-07-01T12:00"
    assert date_time("convert", value=bare, timezone="Asia/Tokyo")["time"] == "21:00:00"
    converted = date_time("convert", value=bare, from_timezone="America/New_York", timezone="Europe/London")
    assert converted["iso"] == "2025-07-01T17:00:00+01:00"


@pytest.mark.parametrize(
    ("value", "amount", "unit", "expected"),
    [
        ("2024-01-31", 1, "months", "2024-02-29"),
        ("2025-01-31", 1, "months", "2025-02-28"),
        ("2024-02-29", 1, "years", "2025-02-28"),
        ("2025-01-15", -1, "months", "2024-12-15"),
        ("2025-03-01", -1, "days", "2025-02-28"),
        ("2025-03-01", 2, "weeks", "2025-03-15"),
    ],
)
def test_adding_stays_within_the_calendar(value, amount, unit, expected):
    assert date_time("add", value=value, amount=amount, unit=unit)["date"] == expected


def test_days_keep_the_hour_on_the_clock_and_hours_are_exact_over_the_change_to_summer_time():
    before = {"value": "2025-03-29T12:00", "timezone": "Europe/Berlin"}
    assert date_time("add", amount=1, unit="days", **before)["iso"] == "2025-03-30T12:00:00+02:00"
    assert date_time("add", amount=24, unit="hours", **before)["iso"] == "2025-03-30T13:00:00+02:00"


def test_an_hour_that_the_change_to_summer_time_skips_becomes_one_that_exists():
    moved = date_time("add", value="2025-03-29T02:30", timezone="Europe/Berlin", amount=1, unit="days")
    assert moved["iso"] == "2025-03-30T03:30:00+02:00"


def test_a_difference_is_told_whole_in_each_unit():
    difference = date_time("difference", value="2025-01-01", other="2025-01-02T12:00")
    assert (difference["days"], difference["hours"], difference["seconds"]) == (1.5, 36, 129600)
    assert date_time("difference", value="2025-03-01T07:30")["hours"] == -1


def test_a_difference_counts_days_by_the_calendar_and_hours_as_they_elapsed():
    difference = date_time("difference", value="2025-03-30", other="2025-03-31", timezone="Europe/Berlin")
    assert (difference["days"], difference["hours"]) == (1, 23)


def test_patterns_are_read_and_written():
    assert date_time("parse", value="01.02.2025 08:15", pattern="%d.%m.%Y %H:%M")["time"] == "08:15:00"
    assert date_time("parse", value="2025-02-01")["weekday"] == "Saturday"
    assert date_time("format", value="2025-02-01", pattern="%A, %d %B %Y") == {
        "text": "Saturday, 01 February 2025"
    }


def test_the_weekday_of_a_date_is_told():
    assert date_time("weekday", value="2000-01-01")["weekday"] == "Saturday"


@pytest.mark.parametrize(
    ("operation", "arguments", "reason"),
    [
        ("now", {"timezone": "Mars/Olympus"}, "no time zone named 'Mars/Olympus'"),
        ("now", {"timezone": "../../etc/passwd"}, "no time zone"),
        ("now", {"timezone": "Asia"}, "no time zone"),
        ("now", {"timezone": "UTC+25"}, "no time zone"),
        ("weekday", {"value": "tomorrow"}, "'tomorrow' is not a time ISO 8601"),
        ("parse", {"value": "2025", "pattern": "%Y-%m"}, "not a time of the form %Y-%m"),
        ("parse", {}, "needs 'value'"),
        ("format", {}, "needs 'pattern'"),
        ("format", {"pattern": "%999999d"}, "not a pattern"),
        ("parse", {"value": "1", "pattern": "%q"}, "not a pattern"),
        ("add", {"amount": 10**12, "unit": "years"}, "out of the calendar's range"),
        ("add", {"amount": 10**12, "unit": "seconds"}, "out of the calendar's range"),
        ("convert", {"value": "0001-01-01", "timezone": "-10:00"}, "out of the calendar's range"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_reason(operation, arguments, reason):
    with pytest.raises(ToolError, match=reason):
        date_time(operation, **arguments)
