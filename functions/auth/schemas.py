"""Requests and answers of the auth resource."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from parley.domain.users import User
from parley.http.fields import RequestBody, Timestamp

# One @, a dotted domain, no white space: whether mail arrives there only a mail can tell.
_EMAIL = r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"

Username = Annotated[str, Field(examples=["ada"])]
Email = Annotated[str, Field(examples=["ada@example.com"])]
Password = Annotated[str, Field(max_length=128, examples=["correct horse"])]


class RegisterRequest(RequestBody):
    username: Annotated[Username, Field(min_length=3, max_length=50, pattern=r"^[A-Za-z0-9_.-]+$")]
    email: Annotated[Email, Field(max_length=254, pattern=_EMAIL)]
    password: Annotated[Password, Field(min_length=8)]


class LoginRequest(RequestBody):
    username: Annotated[
        Username, Field(min_length=1, max_length=254, description="The name, or the e-mail address.")
    ]
    password: Annotated[Password, Field(min_length=1)]


class UserBody(BaseModel):
    id: Annotated[str, Field(examples=["user_01M88Z6F0W8QX1T5V9B2C3D4E5"])]
    username: Username
    email: Email
    created_at: Timestamp

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(id=user.id, username=user.username, email=user.email, created_at=user.created_at)


class RegisteredBody(BaseModel):
    user: UserBody


class TokenBody(BaseModel):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    access_token: Annotated[
        str,
        Field(description="For the `Authorization` header.", examples=["cGFybGV5LWV4YW1wbGUtdG9rZW4"]),
    ]
    token_type: Literal["bearer"] = "bearer"
    expires_in: Annotated[int, Field(description="Seconds.", examples=[604_800])]
    user: UserBody
