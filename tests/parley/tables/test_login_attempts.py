"""Log-in attempts: at most so many in a window, also when all come at once."""

import pytest

from parley.domain.users import LoginAttempts
from parley.errors import AttemptsUndecidedError, TooManyAttemptsError
from tests.fakes.account_repositories import InMemoryLoginAttempts
from tests.fakes.clock import FakeTime
from tests.fakes.threads import all_at_once

WINDOW_SECONDS = 900


@pytest.fixture
def clock(monkeypatch):
    clock = FakeTime()
    monkeypatch.setattr("parley.tables.login_attempts.time", clock)
    return clock


@pytest.fixture
def attempts(technology, clock) -> LoginAttempts:
    if technology == "memory":
        return InMemoryLoginAttempts(limit=10, window_seconds=WINDOW_SECONDS, time=clock.time)
    from parley.tables.login_attempts import DynamoLoginAttempts

    return DynamoLoginAttempts(limit=10, window_seconds=WINDOW_SECONDS)


def use_up(attempts):
    for _ in range(10):
        attempts.reserve("name:anna")
        attempts.confirm("name:anna")


def refusal_of(attempts):
    with pytest.raises(TooManyAttemptsError) as refusal:
        attempts.reserve("name:anna")
    return type(refusal.value)


def test_the_eleventh_attempt_is_refused_until_the_window_is_over(attempts, clock):
    use_up(attempts)
    clock.advance(300)
    with pytest.raises(TooManyAttemptsError) as refusal:
        attempts.reserve("name:anna")
    assert abs(refusal.value.retry_after_seconds - (WINDOW_SECONDS - 300)) <= 1
    clock.advance(refusal.value.retry_after_seconds + 1)
    use_up(attempts)
    with pytest.raises(TooManyAttemptsError):
        attempts.reserve("name:anna")


def test_refused_attempts_do_not_lengthen_the_window(attempts, clock):
    use_up(attempts)
    for _ in range(3):
        clock.advance(WINDOW_SECONDS / 4)
        with pytest.raises(TooManyAttemptsError):
            attempts.reserve("name:anna")
    clock.advance(WINDOW_SECONDS / 4 + 1)
    attempts.reserve("name:anna")


def test_retry_after_is_never_less_than_a_second(attempts, clock):
    use_up(attempts)
    clock.advance(WINDOW_SECONDS - 0.5)
    with pytest.raises(TooManyAttemptsError) as refusal:
        attempts.reserve("name:anna")
    assert refusal.value.retry_after_seconds == 1


def test_subjects_are_counted_apart(attempts):
    use_up(attempts)
    attempts.reserve("name:bert")
    attempts.reserve("address:anna")


def test_a_refunded_attempt_may_be_made_again(attempts):
    use_up(attempts)
    attempts.refund("name:anna")
    attempts.reserve("name:anna")
    with pytest.raises(TooManyAttemptsError):
        attempts.reserve("name:anna")


def test_a_refund_without_an_attempt_changes_nothing(attempts):
    attempts.refund("name:anna")
    use_up(attempts)
    with pytest.raises(TooManyAttemptsError):
        attempts.reserve("name:anna")


def test_a_refusal_says_whether_all_that_was_counted_has_failed(attempts):
    for _ in range(10):
        attempts.reserve("name:anna")
    for _ in range(9):
        attempts.confirm("name:anna")
    assert refusal_of(attempts) is AttemptsUndecidedError
    attempts.confirm("name:anna")
    assert refusal_of(attempts) is TooManyAttemptsError


def test_what_failed_in_one_window_is_nothing_in_the_next(attempts, clock):
    use_up(attempts)
    clock.advance(WINDOW_SECONDS + 1)
    for _ in range(10):
        attempts.reserve("name:anna")
    assert refusal_of(attempts) is AttemptsUndecidedError


def test_a_window_begins_with_a_failure_and_not_with_a_success_before_it(attempts, clock):
    attempts.reserve("name:anna")
    attempts.refund("name:anna")
    clock.advance(WINDOW_SECONDS - 10)
    use_up(attempts)
    clock.advance(20)
    assert refusal_of(attempts) is TooManyAttemptsError


def test_a_failure_that_was_never_counted_changes_nothing(attempts):
    attempts.confirm("name:anna")
    use_up(attempts)
    assert refusal_of(attempts) is TooManyAttemptsError


@pytest.mark.parametrize("window_is_running", [False, True])
def test_of_many_attempts_at_once_never_more_than_the_limit_pass(attempts, window_is_running):
    before = 1 if window_is_running else 0
    for _ in range(before):
        attempts.reserve("name:anna")
    outcomes = all_at_once([lambda: attempts.reserve("name:anna") for _ in range(16)])
    assert outcomes.count(None) == 10 - before
    assert sum(isinstance(outcome, TooManyAttemptsError) for outcome in outcomes) == 6 + before
