"""Registration, log-in and the tokens that stand for a session."""

import random
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

from parley.accounts.authentication import CurrentUser, hash_token
from parley.accounts.passwords import hash_password, verify_password
from parley.domain.clock import now
from parley.domain.ids import USER, new_id
from parley.domain.users import LoginAttempts, Session, SessionRepository, User, UserRepository
from parley.errors import (
    AttemptsUndecidedError,
    BadCredentialsError,
    NotAuthenticatedError,
    TooManyAttemptsError,
)

# How long a log-in waits for those before it to be decided: on average 5 s, many times what that takes.
_PAUSES = 50
_LONGEST_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """The only place where a token is seen in clear: the answer to the log-in."""

    token: str
    expires_in_seconds: int
    user: User


class Accounts:
    def __init__(
        self,
        users: UserRepository,
        sessions: SessionRepository,
        *,
        attempts_by_name: LoginAttempts,
        attempts_by_address: LoginAttempts,
        session_hours: int,
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._by_name = attempts_by_name
        self._by_address = attempts_by_address
        self._lifetime = timedelta(hours=session_hours)

    def register(self, *, username: str, email: str, password: str) -> User:
        """Raises `UsernameTakenError`, `EmailTakenError`."""
        user = User(id=new_id(USER), username=username, email=email, created_at=now())
        self._users.add(user, password_hash=hash_password(password))
        return user

    def log_in(self, *, login: str, password: str, address: str) -> NewSession:
        """Raises `BadCredentialsError` alike for both reasons, and `TooManyAttemptsError`.

        An attempt is counted before the password is looked at: parallel guesses do not slip through.
        """
        name, place = f"name:{login.casefold()}", f"address:{address}"
        self._reserve(name, place)
        credentials = self._users.find_credentials(login)
        password_hash = credentials.password_hash if credentials else None
        if not verify_password(password, password_hash) or credentials is None:
            self._by_name.confirm(name)
            self._by_address.confirm(place)
            raise BadCredentialsError
        self._by_name.refund(name)
        self._by_address.refund(place)
        return self._open_session(credentials.user)

    def _reserve(self, name: str, place: str) -> None:
        """The address goes first: one that is refused must not use up the attempts of the names it tries."""
        _wait_for_attempt(self._by_address, place)
        try:
            _wait_for_attempt(self._by_name, name)
        except TooManyAttemptsError:
            self._by_address.refund(place)
            raise

    def _open_session(self, user: User) -> NewSession:
        token = secrets.token_urlsafe(32)
        session = Session(
            token_hash=hash_token(token),
            user_id=user.id,
            username=user.username,
            expires_at=now() + self._lifetime,
        )
        self._sessions.add(session)
        return NewSession(token=token, expires_in_seconds=int(self._lifetime.total_seconds()), user=user)

    def log_out(self, current: CurrentUser) -> None:
        self._sessions.remove(current.token_hash)

    def get_user(self, current: CurrentUser) -> User:
        user = self._users.get(current.id)
        if user is None:
            raise NotAuthenticatedError
        return user


def _wait_for_attempt(attempts: LoginAttempts, subject: str) -> None:
    """Many log-ins of one person at once are no failures: the next waits until one before it succeeded."""
    for _ in range(_PAUSES):
        try:
            return attempts.reserve(subject)
        except AttemptsUndecidedError:
            time.sleep(random.uniform(0, _LONGEST_PAUSE_SECONDS))  # noqa: S311
    return attempts.reserve(subject)
