"""People, sessions and log-in attempts in memory; the contract tests are those of the tables."""

from collections.abc import Callable
from threading import Lock

from parley.domain.users import Credentials, Session, User
from parley.errors import EmailTakenError, TooManyAttemptsError, UsernameTakenError


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


class InMemoryLoginAttempts:
    def __init__(self, *, limit: int, window_seconds: int, time: Callable[[], float]) -> None:
        self._limit, self._window_seconds, self._time = limit, window_seconds, time
        self._guard = Lock()
        self._windows: dict[str, tuple[int, float]] = {}

    def reserve(self, subject: str) -> None:
        with self._guard:
            attempts, end = self._windows.get(subject, (0, 0.0))
            if end <= self._time():
                attempts, end = 0, self._time() + self._window_seconds
            if attempts >= self._limit:
                raise TooManyAttemptsError(retry_after_seconds=max(1, int(end - self._time())))
            self._windows[subject] = (attempts + 1, end)

    def refund(self, subject: str) -> None:
        with self._guard:
            attempts, end = self._windows.get(subject, (0, 0.0))
            if attempts > 0:
                self._windows[subject] = (attempts - 1, end)
