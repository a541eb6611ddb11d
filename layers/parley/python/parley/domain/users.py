"""People, their sessions and how often somebody failed to log in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: str
    username: str
    email: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    user: User
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A logged-in token, known by its SHA-256 alone."""

    token_hash: str
    user_id: str
    username: str
    expires_at: datetime


class UserRepository(Protocol):
    def add(self, user: User, *, password_hash: str) -> None:
        """Raises `UsernameTakenError` or `EmailTakenError`, also for the loser of two simultaneous calls."""

    def get(self, user_id: str) -> User | None: ...

    def find(self, username: str) -> User | None:
        """By the user name, in any case."""

    def find_credentials(self, login: str) -> Credentials | None:
        """`login` is a user name or an e-mail address, in any case."""


class SessionRepository(Protocol):
    def add(self, session: Session) -> None: ...

    def find(self, token_hash: str) -> Session | None:
        """A consistent read: a session that was removed is not found from that moment on."""

    def remove(self, token_hash: str) -> None: ...


class LoginAttempts(Protocol):
    """Counts attempts for a subject (a name or an address) in windows of a fixed length.

    A window begins with an attempt where nothing is counted.
    """

    def reserve(self, subject: str) -> None:
        """Count one attempt before it is made; raises `TooManyAttemptsError` when the window is used up.

        Where not all that use it up have failed, that is an `AttemptsUndecidedError`.
        """

    def confirm(self, subject: str) -> None:
        """The attempt was a failure: it counts to the end of the window."""

    def refund(self, subject: str) -> None:
        """Take one back: the attempt was a success, or was not made."""
