"""Accounts on repositories in memory: what counts as an attempt, and what a token is worth."""

import time
from datetime import timedelta
from threading import Event

import pytest

from parley.accounts.authentication import Authenticator
from parley.accounts.sessions import Accounts
from parley.domain.clock import now
from parley.errors import BadCredentialsError, NotAuthenticatedError, TooManyAttemptsError
from tests.fakes.account_repositories import (
    InMemoryLoginAttempts,
    InMemorySessionRepository,
    InMemoryUserRepository,
)
from tests.fakes.clock import FakeTime
from tests.fakes.threads import all_at_once

LOGIN = {"login": "anna", "password": "correct horse", "address": "203.0.113.7"}


@pytest.fixture
def sessions():
    return InMemorySessionRepository()


@pytest.fixture
def checked() -> list[str]:
    """The passwords that were looked at."""
    return []


@pytest.fixture
def accounts(sessions, checked, monkeypatch):
    def verify_password(password, known):
        checked.append(password)
        return known == password[::-1]

    monkeypatch.setattr("parley.accounts.sessions.hash_password", lambda password: password[::-1])
    monkeypatch.setattr("parley.accounts.sessions.verify_password", verify_password)
    clock = FakeTime()
    accounts = Accounts(
        InMemoryUserRepository(),
        sessions,
        attempts_by_name=InMemoryLoginAttempts(limit=3, window_seconds=900, time=clock.time),
        attempts_by_address=InMemoryLoginAttempts(limit=5, window_seconds=900, time=clock.time),
        session_hours=1,
    )
    accounts.register(username="anna", email="anna@example.com", password="correct horse")
    return accounts


def fail(accounts, **changes):
    with pytest.raises(BadCredentialsError):
        accounts.log_in(**{**LOGIN, "password": "wrong", **changes})


def test_a_token_is_stored_as_its_digest_alone(accounts, sessions):
    session = accounts.log_in(**LOGIN)
    (stored,) = sessions._sessions.values()
    assert session.token not in repr(stored)
    assert session.expires_in_seconds == 3600
    assert timedelta(minutes=59) < stored.expires_at - now() <= timedelta(hours=1)
    assert len(session.token) >= 43


def test_tokens_are_never_the_same(accounts):
    assert len({accounts.log_in(**LOGIN).token for _ in range(20)}) == 20


def test_a_token_tells_whose_it_is_until_it_is_logged_out(accounts, sessions):
    authenticator = Authenticator(sessions)
    session = accounts.log_in(**LOGIN)
    current = authenticator.authenticate(f"Bearer {session.token}")
    assert (current.id, current.username) == (session.user.id, "anna")
    assert accounts.get_user(current) == session.user
    accounts.log_out(current)
    with pytest.raises(NotAuthenticatedError):
        authenticator.authenticate(f"Bearer {session.token}")


def test_failures_with_one_name_are_bounded_from_wherever_they_come(accounts):
    for number in range(3):
        fail(accounts, address=f"203.0.113.{number}")
    with pytest.raises(TooManyAttemptsError):
        accounts.log_in(**LOGIN | {"address": "198.51.100.1"})


def test_failures_from_one_address_are_bounded_whatever_the_name(accounts):
    for number in range(5):
        fail(accounts, login=f"guess{number}")
    with pytest.raises(TooManyAttemptsError):
        accounts.log_in(**LOGIN)


def test_an_address_that_is_refused_uses_up_nobodys_attempts(accounts):
    for number in range(5):
        fail(accounts, login=f"guess{number}")
    for _ in range(4):
        with pytest.raises(TooManyAttemptsError):
            accounts.log_in(**LOGIN)
    assert accounts.log_in(**LOGIN | {"address": "198.51.100.1"})


def test_a_name_that_is_refused_uses_up_nothing_of_its_address(accounts):
    for _ in range(3):
        fail(accounts)
    for _ in range(6):
        with pytest.raises(TooManyAttemptsError):
            accounts.log_in(**LOGIN)
    fail(accounts, login="bert")


def test_many_right_log_ins_at_once_all_succeed(accounts, monkeypatch):
    """The names' limit is 3: while those are looked at, the others wait."""
    somebody_waits, sleep = Event(), time.sleep

    def look_at_length(password, known):
        assert somebody_waits.wait(10)
        return True

    def wait(seconds):
        somebody_waits.set()
        sleep(seconds)

    monkeypatch.setattr("parley.accounts.sessions.verify_password", look_at_length)
    monkeypatch.setattr("parley.accounts.sessions.time.sleep", wait)
    outcomes = all_at_once([lambda: accounts.log_in(**LOGIN)] * 12)
    assert len({session.token for session in outcomes}) == 12


def test_of_many_wrong_log_ins_at_once_no_more_than_the_limit_are_looked_at(accounts, checked):
    outcomes = all_at_once([lambda: accounts.log_in(**LOGIN | {"password": "wrong"})] * 12)
    kinds = [type(outcome) for outcome in outcomes]
    assert sorted(kinds, key=str) == [BadCredentialsError] * 3 + [TooManyAttemptsError] * 9
    assert checked == ["wrong"] * 3


def test_an_attempt_that_is_never_decided_is_waited_for_no_longer_than_a_while(accounts, monkeypatch):
    """As when a worker is killed while it looks at the password."""
    waited = []
    monkeypatch.setattr("parley.accounts.sessions.time.sleep", waited.append)
    for _ in range(3):
        accounts._by_name.reserve("name:anna")
    with pytest.raises(TooManyAttemptsError):
        accounts.log_in(**LOGIN)
    assert 1 < sum(waited) < 10


def test_a_success_gives_its_attempt_back(accounts):
    for _ in range(10):
        accounts.log_in(**LOGIN)
    fail(accounts)
    fail(accounts)
    assert accounts.log_in(**LOGIN)
