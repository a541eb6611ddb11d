"""Frames that clients send, read strictly and without the frameworks that a cold start would pay for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parley.domain.messages import MAX_CONTENT_CHARACTERS

MAX_CLIENT_ID_CHARACTERS = 100
MAX_MENTIONS = 50
MAX_HISTORY = 100
DEFAULT_HISTORY = 50
_MAX_ID_CHARACTERS = 100

# pydantic's words for the same, which `phrases` knows in Chinese.
_ENGLISH = {
    "missing": "Field required",
    "string_type": "Input should be a valid string",
    "string_unicode": "Input should be a valid string, unable to parse raw data as a unicode string",
    "string_too_short": "String should have at least {min_length} character",
    "string_too_long": "String should have at most {max_length} characters",
    "bool_type": "Input should be a valid boolean",
    "int_type": "Input should be a valid integer",
    "greater_than_equal": "Input should be greater than or equal to {ge}",
    "less_than_equal": "Input should be less than or equal to {le}",
    "list_type": "Input should be a valid list",
    "message_of_room": "must be the id of a message of this chat room",
    "too_long": "List should have at most {max_length} items",
}


class BadFieldError(Exception):
    """`type` and `context` are as in pydantic's errors, `english` is what they say."""

    def __init__(self, field: str, type: str, **context: int) -> None:
        self.field = field
        self.type = type
        self.context: dict[str, object] = dict(context)
        self.english = _ENGLISH[type].format(**context)
        super().__init__(f"{field}: {self.english}")


class MalformedFrameError(Exception):
    """It is no JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage:
    content: str
    mentions: tuple[str, ...]
    client_id: str | None

    @classmethod
    def read(cls, frame: Mapping[str, Any]) -> "SendMessage":
        return cls(
            content=_text(frame, "content", longest=MAX_CONTENT_CHARACTERS),
            mentions=_ids(frame, "mentions"),
            client_id=_optional_text(frame, "client_id", longest=MAX_CLIENT_ID_CHARACTERS),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    is_typing: bool

    @classmethod
    def read(cls, frame: Mapping[str, Any]) -> "Typing":
        value = _given(frame, "is_typing")
        if not isinstance(value, bool):
            raise BadFieldError("is_typing", "bool_type")
        return cls(is_typing=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The last `limit` messages before that one, or before the end."""

    before: str | None
    limit: int

    @classmethod
    def read(cls, frame: Mapping[str, Any]) -> "History":
        limit = frame.get("limit", DEFAULT_HISTORY)
        if not isinstance(limit, int) or isinstance(limit, bool):
            raise BadFieldError("limit", "int_type")
        if limit < 1:
            raise BadFieldError("limit", "greater_than_equal", ge=1)
        if limit > MAX_HISTORY:
            raise BadFieldError("limit", "less_than_equal", le=MAX_HISTORY)
        return cls(before=_optional_text(frame, "before", longest=_MAX_ID_CHARACTERS), limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The turn of that message or reply, or the one that is running."""

    message_id: str | None

    @classmethod
    def read(cls, frame: Mapping[str, Any]) -> "Stop":
        return cls(message_id=_optional_text(frame, "message_id", longest=_MAX_ID_CHARACTERS))


def read_frame(body: str) -> dict[str, Any]:
    """Raises `MalformedFrameError`."""
    try:
        frame = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedFrameError from None
    if not isinstance(frame, dict):
        raise MalformedFrameError
    return frame


def _given(frame: Mapping[str, Any], name: str) -> Any:
    if name not in frame:
        raise BadFieldError(name, "missing")
    return frame[name]


def _optional_text(frame: Mapping[str, Any], name: str, *, longest: int) -> str | None:
    return None if frame.get(name) is None else _text(frame, name, longest=longest)


def _text(frame: Mapping[str, Any], name: str, *, longest: int) -> str:
    return _checked_text(_given(frame, name), name, longest=longest)


def _checked_text(value: Any, name: str, *, longest: int) -> str:
    if not isinstance(value, str):
        raise BadFieldError(name, "string_type")
    if not value:
        raise BadFieldError(name, "string_too_short", min_length=1)
    if len(value) > longest:
        raise BadFieldError(name, "string_too_long", max_length=longest)
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair, which JSON can say and nothing can store
        raise BadFieldError(name, "string_unicode") from None
    return value


def _ids(frame: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = frame.get(name)
    if values is None:
        return ()
    if not isinstance(values, list):
        raise BadFieldError(name, "list_type")
    if len(values) > MAX_MENTIONS:
        raise BadFieldError(name, "too_long", max_length=MAX_MENTIONS)
    checked = (
        _checked_text(value, f"{name}.{index}", longest=_MAX_ID_CHARACTERS)
        for index, value in enumerate(values)
    )
    return tuple(dict.fromkeys(checked))
