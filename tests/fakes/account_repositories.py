"""People, sessions and log-in attempts in memory; the contract tests are those of the tables."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from parley.domain.users import Credentials, Session, User
from parley.errors import (
    AttemptsUndecidedError,
    EmailTakenError,
    TooManyAttemptsError,
    UsernameTakenError,
)


class InMemoryUserRepository:
    def __init__(self) -> None:
        self._guard = Lock()
        self._credentials: dict[str, Credentials] = {}

    def add(self, user: User, *, password_hash: str) -> None:
        with self._guard:
            known = [credentials.user for credentials in self._credentials.values()]
            if any(user.username.lower() == other.username.lower() for other in known):
                raise UsernameTakenError
            if any(user.email.casefold() == other.email.casefold() for other in known):
                raise EmailTakenError
            self._credentials[user.id] = Credentials(user=user, password_hash=password_hash)

    def get(self, user_id: str) -> User | None:
        found = self._credentials.get(user_id)
        return found.user if found else None

    def find(self, username: str) -> User | None:
        known = [credentials.user for credentials in self._credentials.values()]
        return next((user for user in known if user.username.lower() == username.lower()), None)

    def find_credentials(self, login: str) -> Credentials | None:
        for credentials in self._credentials.values():
            user = credentials.user
            if login.casefold() in (user.username.casefold(), user.email.casefold()):
                return credentials
        return None


class InMemorySessionRepository:
    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def add(self, session: Session) -> None:
        self._sessions[session.token_hash] = session

    def find(self, token_hash: str) -> Session | None:
        return self._sessions.get(token_hash)

    def remove(self, token_hash: str) -> None:
        self._sessions.pop(token_hash, None)


@dataclass
class _Window:
    end: float
    attempts: int = 0
    failures: int = 0


class InMemoryLoginAttempts:
    def __init__(self, *, limit: int, window_seconds: int, time: Callable[[], float]) -> None:
        self._limit, self._window_seconds, self._time = limit, window_seconds, time
        self._guard = Lock()
        self._windows: dict[str, _Window] = {}

    def reserve(self, subject: str) -> None:
        with self._guard:
            window = self._windows.get(subject)
            if window is None or window.end <= self._time() or window.attempts == 0:
                window = self._windows[subject] = _Window(end=self._time() + self._window_seconds)
            if window.attempts >= self._limit:
                decided = window.failures >= self._limit
                refusal = TooManyAttemptsError if decided else AttemptsUndecidedError
                raise refusal(retry_after_seconds=max(1, int(window.end - self._time())))
            window.attempts += 1

    def confirm(self, subject: str) -> None:
        with self._guard:
            if self._counted(subject):
                self._windows[subject].failures += 1

    def refund(self, subject: str) -> None:
        with self._guard:
            if self._counted(subject):
                self._windows[subject].attempts -= 1

    def _counted(self, subject: str) -> bool:
        return subject in self._windows and self._windows[subject].attempts > 0
