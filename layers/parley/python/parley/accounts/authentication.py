"""Whose token this is. Apart from log-in, so that no other function loads the password hash."""

import hashlib
from dataclasses import dataclass

from parley.domain.clock import now
from parley.domain.users import SessionRepository
from parley.errors import NotAuthenticatedError


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentUser:
    id: str
    username: str
    token_hash: str


class Authenticator:
    """Tells whose token this is: one consistent read."""

    def __init__(self, sessions: SessionRepository) -> None:
        self._sessions = sessions

    def authenticate(self, authorization: str | None) -> CurrentUser:
        """Takes the header's value; raises `NotAuthenticatedError`."""
        scheme, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticatedError
        session = self._sessions.find(hash_token(token))
        if session is None or session.expires_at <= now():
            raise NotAuthenticatedError
        return CurrentUser(id=session.user_id, username=session.username, token_hash=session.token_hash)


def hash_token(token: str) -> str:
    """The token is 256 random bits: a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()
