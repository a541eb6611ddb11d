"""Accounts on repositories in memory: what counts as an attempt, and what a token is worth."""

from datetime import timedelta

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

LOGIN = {"login": "anna", "password": "correct horse", "address": "203.0.113.7"}


@pytest.fixture
def sessions():
    return InMemorySessionRepository()


@pytest.fixture
def accounts(sessions, monkeypatch):
    monkeypatch.setattr("parley.accounts.sessions.hash_password", lambda password: password[::-1])
    monkeypatch.setattr(
        "parley.accounts.sessions.verify_password", lambda password, known: known == password[::-1]
    )
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


def test_a_success_gives_its_attempt_back(accounts):
    for _ in range(10):
        accounts.log_in(**LOGIN)
    fail(accounts)
    fail(accounts)
    assert accounts.log_in(**LOGIN)
