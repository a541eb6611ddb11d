"""Periods of days, and the sum over them."""

from datetime import date

import pytest

from parley.domain.events import Usage
from parley.domain.usage import DailyUsage, Period, total_of

NEW_YEAR = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (NEW_YEAR, NEW_YEAR, 1),
        (date(2024, 1, 1), date(2024, 12, 31), 366),
        (NEW_YEAR, date(2025, 12, 31), 0),
    ],
)
def test_both_ends_belong_to_a_period(first, last, days):
    assert Period(first=first, last=last).days == days


@pytest.mark.parametrize(
    ("last", "first"), [(date(2026, 3, 1), date(2026, 1, 31)), (date(1, 1, 5), date(1, 1, 1))]
)
def test_a_period_reaches_back_as_far_as_there_are_days(last, first):
    assert Period.up_to(last) == Period(first=first, last=last)


def test_the_total_is_the_sum_of_the_days():
    days = [
        DailyUsage(
            date=NEW_YEAR, model=model, usage=Usage(prompt_tokens=n, completion_tokens=10 * n), replies=2
        )
        for model, n in [("a", 1), ("b", 2)]
    ]
    assert total_of(days) == (Usage(prompt_tokens=3, completion_tokens=30), 4)
    assert total_of([]) == (Usage(), 0)
