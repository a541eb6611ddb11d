"""Usage: each reply once, under its day and model, for its user alone."""

from datetime import UTC, date, datetime

import pytest

from parley.domain.events import Usage
from parley.domain.usage import DailyUsage, Period
from tests.examples import a_conversation, a_message
from tests.fakes.threads import all_at_once

MARCH = Period(first=date(2026, 3, 1), last=date(2026, 3, 31))


def a_reply(*, day=1, model="glm-5", prompt=10, completion=1, **fields):
    return a_message(
        a_conversation(),
        role="assistant",
        model=model,
        usage=Usage(prompt_tokens=prompt, completion_tokens=completion),
        created_at=datetime(2026, 3, day, 23, 59, 59, tzinfo=UTC),
        **fields,
    )


def a_day(day, model, prompt, completion, replies):
    usage = Usage(prompt_tokens=prompt, completion_tokens=completion)
    return DailyUsage(date=date(2026, 3, day), model=model, usage=usage, replies=replies)


def test_replies_add_up_by_day_and_model_oldest_first(stores):
    for reply in (a_reply(day=2), a_reply(day=1), a_reply(day=1, model="a"), a_reply(day=2, prompt=5)):
        stores.usage.count("user_1", reply)
    assert stores.usage.list_days("user_1", MARCH) == [
        a_day(1, "a", 10, 1, 1),
        a_day(1, "glm-5", 10, 1, 1),
        a_day(2, "glm-5", 15, 2, 2),
    ]


def test_a_reply_that_used_nothing_known_is_counted_as_a_reply(stores):
    stores.usage.count("user_1", a_reply(prompt=0, completion=0))
    assert stores.usage.list_days("user_1", MARCH) == [a_day(1, "glm-5", 0, 0, 1)]


def test_the_same_reply_again_adds_nothing(stores):
    reply = a_reply()
    for _ in range(3):
        stores.usage.count("user_1", reply)
    assert stores.usage.list_days("user_1", MARCH) == [a_day(1, "glm-5", 10, 1, 1)]


def test_replies_at_once_are_all_counted(stores):
    replies = [a_reply() for _ in range(12)]
    outcomes = all_at_once([lambda reply=reply: stores.usage.count("user_1", reply) for reply in replies])
    assert outcomes == [None] * 12
    assert stores.usage.list_days("user_1", MARCH) == [a_day(1, "glm-5", 120, 12, 12)]


@pytest.mark.parametrize("model", ["a#b", "~", "模型", "m" * 200, "模" * 200, "", "$", "2026-03-02"])
def test_a_model_may_be_called_anything_and_stays_in_its_day(stores, model):
    stores.usage.count("user_1", a_reply(day=31, model=model))
    stores.usage.count("user_1", a_reply(day=30, model=model))
    for day in (30, 31):
        period = Period(first=date(2026, 3, day), last=date(2026, 3, day))
        assert stores.usage.list_days("user_1", period) == [a_day(day, model, 10, 1, 1)]


def test_what_lies_outside_the_period_or_is_somebody_elses_is_left_out(stores):
    for day in (1, 2, 3, 4):
        stores.usage.count("user_1", a_reply(day=day))
    stores.usage.count("user_2", a_reply(day=2))
    period = Period(first=date(2026, 3, 2), last=date(2026, 3, 3))
    assert [day.date.day for day in stores.usage.list_days("user_1", period)] == [2, 3]
    assert [day.replies for day in stores.usage.list_days("user_2", MARCH)] == [1]
    assert stores.usage.list_days("user_3", MARCH) == []


def test_a_failure_of_the_table_is_raised(tables, faults):
    faults.fail("UpdateItem", times=10)
    with pytest.raises(Exception, match="out of order"):
        tables.usage.count("user_1", a_reply())
