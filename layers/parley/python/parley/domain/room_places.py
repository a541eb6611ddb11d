"""The order of a room: each of its messages has a place, and the message's id carries it.

So the ids of a room's messages sort as the room does, whatever the clocks of their writers say, and whoever
holds one finds the room and the place with no index.
"""

import secrets

from ulid import ULID

from parley.domain.ids import MESSAGE, ROOM, is_id

# Places count from 1. They fill the 48 bits of a ULID that are a time elsewhere.
MAX_PLACE = 2**47
_RANDOM_BITS = 80
_ULID_LENGTH = 26


def room_message_id(room_id: str, place: int) -> str:
    """Another one each time: of two writers at one place, only the stored one's exists."""
    head = ULID.from_int((place << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS))
    return f"{MESSAGE}_{head}{room_id.removeprefix(f'{ROOM}_')}"


def room_of(message_id: str) -> str | None:
    """The room that a message id names, or None where the string is no message id."""
    ulids = message_id.removeprefix(f"{MESSAGE}_")
    room_id = f"{ROOM}_{ulids[_ULID_LENGTH:]}"
    return room_id if ulids != message_id and is_id(ROOM, room_id) else None


def place_of(room_id: str, message_id: str) -> int | None:
    """The place in this room that a message id names, or None where it names none."""
    if room_of(message_id) != room_id:
        return None
    head = message_id.removeprefix(f"{MESSAGE}_")[:_ULID_LENGTH]
    try:
        place = int(ULID.from_str(head)) >> _RANDOM_BITS
    except ValueError:
        return None
    return place if 1 <= place <= MAX_PLACE else None
