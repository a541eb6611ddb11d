"""Reading, moving and showing points in time. The clock and the tool's choice of operation are elsewhere."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from parley.tools.types import ToolError

_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>[0-5]\d)?", re.ASCII)
_PATTERN = re.compile(r"(?:[^%]|%[aAbBdHIjmMpSuVGyYzZf%])+")
_MONTHS = {"months": 1, "years": 12}
_EXACT = ("seconds", "minutes", "hours")


def zone(name: str) -> tzinfo:
    """An IANA name, or an offset such as +08:00 or UTC+8."""
    offset = _OFFSET.fullmatch(name)
    try:
        if offset:
            span = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
            return timezone(-span if offset["sign"] == "-" else span)
        return ZoneInfo(name)
    # zoneinfo's errors depend on whether the name is unknown, a folder, or no relative path.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ToolError(f"There is no time zone named {name!r}; use a name such as Asia/Shanghai.") from None


def read(text: str, default_zone: tzinfo, pattern: str | None = None) -> datetime:
    """An aware time from ISO 8601, or from what the strptime `pattern` says."""
    checked = _checked(pattern) if pattern else None
    try:
        # A time without a zone is given one below.
        moment = datetime.strptime(text, checked) if checked else datetime.fromisoformat(text.strip())  # noqa: DTZ007
    except ValueError:
        expected = f"of the form {pattern}" if pattern else "ISO 8601, such as 2025-03-01T14:30:00+08:00"
        raise ToolError(f"{text!r} is not a time {expected}.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=default_zone)


def write(moment: datetime, pattern: str) -> str:
    return moment.strftime(_checked(pattern))


def _checked(pattern: str) -> str:
    # A width, as in %999999d, would make the C library write megabytes.
    if not _PATTERN.fullmatch(pattern):
        raise ToolError(f"{pattern!r} is not a pattern of the strftime kind, such as %Y-%m-%d %H:%M.")
    return pattern


def moved(moment: datetime, amount: int, unit: str) -> datetime:
    """Hours and less are exact; days and more keep the hour on the clock; a month's end stays within it."""
    if unit in _MONTHS:
        return _on_the_clock(moment, lambda wall: _months_later(wall, amount * _MONTHS[unit]))
    span = timedelta(**{unit: amount})
    if unit in _EXACT:
        return (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)
    return _on_the_clock(moment, lambda wall: wall + span)


def _on_the_clock(moment: datetime, move: Callable[[datetime], datetime]) -> datetime:
    # Over UTC and back: an hour that the change to summer time skips becomes one that exists.
    return move(moment).astimezone(UTC).astimezone(moment.tzinfo)


def _months_later(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def described(moment: datetime) -> dict[str, str | int]:
    """One point in time in the forms that people ask for."""
    week = moment.isocalendar()
    return {
        "iso": moment.isoformat(timespec="seconds"),
        "timezone": str(moment.tzinfo),
        "date": moment.date().isoformat(),
        "time": moment.strftime("%H:%M:%S"),
        "weekday": moment.strftime("%A"),
        "iso_week": f"{week.year:04d}-W{week.week:02d}",
        "day_of_year": moment.timetuple().tm_yday,
        "unix_seconds": int(moment.timestamp()),
    }
