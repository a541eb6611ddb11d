"""Requests and answers of the auth resource."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field

from parley.domain.users import User
from parley.http.fields import Timestamp

# One @, a dotted domain, no white space: whether mail arrives there only a mail can tell.
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError("not an e-mail address")
    return text


class RegisterRequest(BaseModel):
    username: Annotated[str, Field(min_length=3, max_length=50, pattern=r"^[A-Za-z0-9_.-]+$")]
    email: Annotated[str, Field(max_length=254), AfterValidator(_email)]
    password: Annotated[str, Field(min_length=8, max_length=128)]


class LoginRequest(BaseModel):
    """`username` may also be the e-mail address."""

    username: Annotated[str, Field(min_length=1, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=128)]


class UserBody(BaseModel):
    id: str
    username: str
    email: str
    created_at: Timestamp

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(id=user.id, username=user.username, email=user.email, created_at=user.created_at)


class RegisteredBody(BaseModel):
    user: UserBody


class TokenBody(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: Annotated[int, Field(description="Seconds.")]
    user: UserBody
