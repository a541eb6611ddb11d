"""Records of requests that bear a key: one attempt at a time, a day long, of any size."""

import os
from dataclasses import replace

import pytest

from parley.domain.idempotency import KeyedRequest, begin, take_over
from parley.errors import IdempotencyKeyReusedError, RequestRunningError
from tests.fakes.clock import FakeTime
from tests.fakes.threads import all_at_once
from tests.tables_on_moto import all_items


def a_request(**fields):
    return KeyedRequest(
        **{"user_id": "user_1", "operation": "POST /api/things", "key": "key", "fingerprint": "body"} | fields
    )


@pytest.fixture
def records(stores):
    return stores.request_records


@pytest.fixture
def time(monkeypatch):
    clock = FakeTime()
    for module in ("parley.domain.idempotency", "parley.tables.idempotency", "tests.fakes.request_records"):
        monkeypatch.setattr(f"{module}.time", clock)
    return clock


def start(records, request=None, **fields):
    return begin(records, request or a_request(**fields), lease_seconds=10)


def test_what_was_done_is_found_again_by_the_same_request(records):
    first = a_request()
    assert start(records, first) is None
    records.finish(first, b"answer")
    found = start(records)
    assert (found.is_done, found.content) == (True, b"answer")


def test_what_was_noted_at_the_start_is_kept_unless_the_end_says_otherwise(records):
    first = a_request()
    begin(records, first, lease_seconds=10, content=b"note")
    assert start(records).content == b"note"
    records.finish(first)
    assert start(records).content == b"note"


def test_another_body_under_the_same_key_is_refused_whatever_became_of_the_first(records):
    first = a_request()
    start(records, first)
    for _ in range(2):
        with pytest.raises(IdempotencyKeyReusedError):
            start(records, fingerprint="another")
        records.finish(first, b"answer")


@pytest.mark.parametrize(
    "other", [{"user_id": "user_2"}, {"operation": "POST /api/others"}, {"key": "Key"}, {"key": "k" * 255}]
)
def test_a_key_is_the_users_and_the_operations_own(records, other):
    first = a_request()
    start(records, first)
    records.finish(first, b"answer")
    assert start(records, **other) is None


def test_of_many_at_once_one_goes_ahead(records):
    outcomes = all_at_once([lambda: start(records)] * 8)
    assert outcomes.count(None) == 1
    assert {each.is_done for each in outcomes if each} == {False}


def test_what_was_taken_back_may_be_done_anew(records):
    first = a_request()
    start(records, first)
    records.remove(first)
    assert records.find(first) is None
    assert start(records) is None


def test_a_dead_attempt_blocks_the_key_no_longer_than_its_lease(records, time):
    first, second = a_request(), a_request()
    start(records, first)
    with pytest.raises(RequestRunningError):
        take_over(records, second, start(records, second), lease_seconds=10)
    time.advance(10)
    take_over(records, second, start(records, second), lease_seconds=10)
    records.finish(first, b"of the dead")
    records.remove(first)
    assert not start(records).is_done
    records.finish(second, b"answer")
    assert start(records).content == b"answer"


def test_of_many_that_would_take_over_one_does(records, time):
    start(records)
    time.advance(10)
    found = start(records)

    def try_it():
        take_over(records, a_request(), found, lease_seconds=10)

    outcomes = all_at_once([try_it] * 8)
    assert outcomes.count(None) == 1
    assert all(isinstance(each, RequestRunningError) for each in outcomes if each)


def test_an_attempt_that_ended_after_all_is_not_taken_over(records, time):
    first = a_request()
    start(records, first)
    time.advance(10)
    found = start(records)
    records.finish(first, b"answer")
    with pytest.raises(RequestRunningError):
        take_over(records, a_request(), found, lease_seconds=10)
    assert start(records).content == b"answer"


def test_a_day_later_all_is_forgotten(records, time):
    first = a_request()
    start(records, first)
    records.finish(first, b"answer")
    time.advance(24 * 60 * 60 - 2)
    assert start(records).is_done
    time.advance(3)
    assert records.find(first) is None
    assert start(records, fingerprint="another") is None


def test_a_write_whose_answer_was_lost_may_be_repeated(records):
    request = a_request()
    assert start(records, request) is None
    assert start(records, request) is None


@pytest.mark.parametrize("content", [b"", b"x" * 6_000_000, os.urandom(1_200_000)], ids=len)
def test_an_answer_of_any_size_comes_back_whole(records, content):
    request = a_request()
    start(records, request)
    records.finish(request, content)
    assert start(records).content == content


def test_items_stay_below_the_limit_and_end_with_their_day(tables, dynamodb):
    request = a_request()
    start(tables.request_records, request)
    tables.request_records.finish(request, os.urandom(1_200_000))
    items = all_items(dynamodb, "idempotency")
    assert len(items) == 4
    assert max(len(item["content"]["B"]) for item in items) <= 380_000
    assert all("expires_at_epoch" in item for item in items)
    assert {item["pk"]["S"] for item in items} == {"USER#user_1"}


def test_parts_of_a_dead_attempt_are_not_mixed_in(tables, time):
    records, first, second = tables.request_records, a_request(), a_request()
    start(records, first)
    records.finish(replace(first), os.urandom(1_200_000))
    time.advance(24 * 60 * 60 + 1)
    start(records, second)
    answer = os.urandom(500_000)
    records.finish(second, answer)
    assert records.find(second).content == answer
