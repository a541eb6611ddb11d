"""A room message's id tells the room and the place, and sorts by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.ids import CONVERSATION, ROOM, is_id, new_id, new_message_id
from parley.domain.room_places import MAX_PLACE, place_of, room_message_id, room_of

PLACES = st.integers(min_value=1, max_value=MAX_PLACE)


@given(place=PLACES)
def test_an_id_tells_its_room_and_its_place(place):
    room_id = new_id(ROOM)
    message_id = room_message_id(room_id, place)

    assert is_id(ROOM, room_id)
    assert room_of(message_id) == room_id
    assert place_of(room_id, message_id) == place


@given(one=PLACES, other=PLACES)
def test_ids_sort_as_their_places_do(one, other):
    room_id = new_id(ROOM)
    ids = room_message_id(room_id, one), room_message_id(room_id, other)

    assert one == other or (ids[0] < ids[1]) == (one < other)


def test_two_writers_at_one_place_have_different_ids():
    room_id = new_id(ROOM)

    assert room_message_id(room_id, 7) != room_message_id(room_id, 7)


@given(text=st.text() | st.from_regex(r"msg_[0-9A-Z]{52}", fullmatch=True))
def test_no_text_breaks_the_reading_of_an_id(text):
    room_of(text)

    assert place_of(new_id(ROOM), text) is None


@pytest.mark.parametrize("kind", [ROOM, CONVERSATION])
def test_an_id_of_another_room_names_no_place_here(kind):
    room_id = new_id(kind)

    assert place_of(room_id, room_message_id(new_id(ROOM), 1)) is None
    assert place_of(new_id(ROOM), new_message_id(new_id(CONVERSATION))) is None
