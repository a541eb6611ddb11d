"""Opaque ids: a prefix and ULIDs, so that ids sort by creation.

A message's id also carries its conversation's ULID. Whoever holds the id of a message therefore finds the
conversation with no index, and no second item has to be kept in step.
"""

import secrets
import time
from datetime import datetime

from ulid import ULID

USER = "user"
CONVERSATION = "conv"
MESSAGE = "msg"
PROVIDER = "prov"
AGENT = "agent"
ROOM = "room"

_ULID_LENGTH = 26
# How far an id may lie behind the one whose place it takes: too far for two to meet, and not as far as the
# next millisecond, but for one in 2^32.
_STEP_BITS = 48


def new_id(prefix: str) -> str:
    return f"{prefix}_{ULID()}"


def new_message_id(conversation_id: str, *, after: str | None = None) -> str:
    """An id that sorts behind `after` (a message id of the same conversation) even within its millisecond."""
    timestamp_ms = time.time_ns() // 1_000_000
    if after is not None:
        timestamp_ms = max(timestamp_ms, ULID.from_str(_ulids(after)[:_ULID_LENGTH]).milliseconds + 1)
    return f"{MESSAGE}_{ULID.from_timestamp(timestamp_ms)}{_ulids(conversation_id)}"


def successor_id(message_id: str) -> str:
    """An id for what takes the place of a message: another each time, right behind it in any order."""
    ulids = _ulids(message_id)
    step = 1 + secrets.randbelow(2**_STEP_BITS)
    return f"{MESSAGE}_{ULID.from_int(int(ULID.from_str(ulids[:_ULID_LENGTH])) + step)}{ulids[_ULID_LENGTH:]}"


def created_at_of(message_id: str) -> datetime:
    """When a message id was made, unless it is a successor: to the millisecond, in UTC."""
    return ULID.from_str(_ulids(message_id)[:_ULID_LENGTH]).datetime


def is_id(prefix: str, text: str) -> bool:
    """Whether `new_id(prefix)` may have made it; what it did not make is in no table."""
    ulid = text.removeprefix(f"{prefix}_")
    return ulid != text and len(ulid) == _ULID_LENGTH and ulid.isascii() and ulid.isalnum()


def conversation_of(message_id: str) -> str | None:
    """The conversation that a message id names, or None where the string is no message id."""
    ulids = message_id.removeprefix(f"{MESSAGE}_")
    conversation_id = f"{CONVERSATION}_{ulids[_ULID_LENGTH:]}"
    return conversation_id if ulids != message_id and is_id(CONVERSATION, conversation_id) else None


def is_message_id(text: str) -> bool:
    """Whether that is what it says it is; `conversation_of` knows whether it may be right."""
    return text.startswith(f"{MESSAGE}_")


def _ulids(identifier: str) -> str:
    return identifier.split("_", 1)[1]
