"""Messages of a room: at places, without gaps for who reads, and once for each name that a sender gives."""

from dataclasses import replace

import pytest

from parley.domain.events import Usage
from parley.domain.ids import ROOM, new_id
from parley.domain.messages import MessageStatus
from parley.domain.room_messages import CallStep, ResultStep, TextStep
from parley.domain.room_places import place_of
from parley.errors import RoomNotFoundError
from tests.examples import a_new_message, a_room_message, a_sender
from tests.fakes.threads import all_at_once

STEPS = (
    TextStep(type="thinking", content="嗯"),
    TextStep(type="text", content="Let me see. \u0000"),
    CallStep(id="1", name="calculator", arguments={"expression": "1+1", "deep": [None, {"a": 1.5}]}),
    ResultStep(id="1", name="calculator", success=True, content='{"result": 2}'),
    TextStep(type="text", content="It is 2. \U0001f600"),
)


@pytest.fixture
def room(stores):
    room_id = new_id(ROOM)
    stores.open_room(room_id)
    return room_id


@pytest.fixture
def messages(stores):
    return stores.room_messages


def post(messages, room, *contents):
    return [messages.post(a_new_message(room, content=content)).message for content in contents]


def contents(found):
    return [message.content for message in found]


def places(room, found):
    return [place_of(room, message.id) for message in found]


def test_what_is_posted_is_read_again_at_the_next_place(messages, room):
    sender = a_sender()
    posted = messages.post(a_new_message(room, sender=sender, content="你好", mentions=("agent_1",)))
    assert posted.is_new
    assert (posted.message.sender, posted.message.mentions) == (sender, ("agent_1",))
    assert messages.get(room, posted.message.id) == posted.message
    assert messages.since(room, after=0, limit=10) == messages.newest(room, limit=10) == [posted.message]
    post(messages, room, "b")
    assert places(room, messages.since(room, after=0, limit=10)) == [1, 2]


def test_a_reply_is_kept_with_all_that_it_holds(messages, room):
    streaming = a_room_message(messages.take_place(room), content="", status=MessageStatus.STREAMING)
    assert messages.put(streaming)
    assert messages.newest(room, limit=1) == [streaming]
    whole = replace(
        streaming,
        content="Let me see. \u0000It is 2. \U0001f600",
        process_steps=STEPS,
        status=MessageStatus.ERROR,
        token_count=7,
        usage=Usage(prompt_tokens=3, completion_tokens=7),
        model="glm-5",
        turn_of="msg_question",
        failure="no",
    )
    assert messages.put(whole)
    assert messages.put(whole)
    assert messages.newest(room, limit=9) == [whole] == [messages.get(room, whole.id)]


@pytest.mark.parametrize("call", ["post", "take_place"])
def test_nothing_is_said_in_a_room_that_is_not_there(messages, call):
    room = new_id(ROOM)
    with pytest.raises(RoomNotFoundError):
        messages.post(a_new_message(room)) if call == "post" else messages.take_place(room)
    assert (messages.since(room, after=0, limit=1), messages.newest(room, limit=1)) == ([], [])
    assert messages.count(room) == 0


def test_pages_meet_without_overlap(messages, room):
    posted = post(messages, room, *"abcdefg")
    assert contents(messages.since(room, after=posted[1].id, limit=3)) == ["c", "d", "e"]
    assert contents(messages.since(room, after=5, limit=3)) == ["f", "g"]
    assert messages.since(room, after=posted[-1].id, limit=3) == []
    assert contents(messages.newest(room, limit=3)) == ["e", "f", "g"]
    assert contents(messages.newest(room, limit=3, before=posted[4].id)) == ["b", "c", "d"]
    assert messages.newest(room, limit=3, before=posted[0].id) == []


def test_an_id_of_another_room_names_no_place_here(stores, messages, room):
    other = new_id(ROOM)
    stores.open_room(other)
    [foreign] = post(messages, other, "a")
    post(messages, room, "b")
    assert messages.get(room, foreign.id) is None
    assert messages.since(room, after=foreign.id, limit=9) == []
    assert messages.newest(room, limit=9, before=foreign.id) == []


def test_another_id_at_the_place_of_a_message_names_none(messages, room):
    from parley.domain.room_places import room_message_id

    post(messages, room, "a")
    assert messages.get(room, room_message_id(room, 1)) is None
    assert not messages.put(a_room_message(room_message_id(room, 1)))


def test_nothing_behind_a_gap_is_read_before_it_is_filled(messages, room):
    post(messages, room, "a")
    late = a_room_message(messages.take_place(room), content="b")
    post(messages, room, "c")
    assert contents(messages.since(room, after=0, limit=9)) == ["a"]
    assert contents(messages.newest(room, limit=9)) == ["a"]
    assert messages.follow(room, after=0, limit=9).end == 1
    assert messages.count(room) == 1
    assert messages.put(late)
    assert contents(messages.since(room, after=0, limit=9)) == ["a", "b", "c"]
    assert contents(messages.newest(room, limit=2)) == ["b", "c"]
    assert messages.count(room) == 3


def test_the_place_of_a_dead_writer_is_given_up_and_its_message_never_appears(messages, room):
    late = a_room_message(messages.take_place(room))
    post(messages, room, "b")
    messages.close_gap(room, after=0)
    assert not messages.put(late)
    assert (
        contents(messages.since(room, after=0, limit=9)) == ["b"] == contents(messages.newest(room, limit=9))
    )
    assert messages.get(room, late.id) is None
    assert messages.follow(room, after=0, limit=9).end == 2
    assert messages.count(room) == 1


def test_a_gap_that_was_filled_meanwhile_is_not_closed(messages, room):
    [posted] = post(messages, room, "a")
    messages.close_gap(room, after=0)
    assert messages.newest(room, limit=9) == [posted]


def test_a_page_ends_behind_what_it_shows_also_where_places_were_given_up(messages, room):
    for _ in range(3):
        post(messages, room, "a")
        messages.take_place(room)
        messages.close_gap(room, after=len(messages.since(room, after=0, limit=9)) * 2 - 1)
    page = messages.follow(room, after=0, limit=2)
    assert (len(page.messages), places(room, page.messages)) == (2, [1, 3])
    rest = messages.follow(room, after=page.end, limit=9)
    assert (places(room, rest.messages), rest.end) == ([5], 6)


def test_the_same_client_id_of_the_same_sender_posts_once(messages, room):
    message = a_new_message(room, client_id="my message\n" * 50)
    first, again = messages.post(message), messages.post(replace(message, content="changed"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.message == first.message
    assert messages.post(replace(message, sender=a_sender())).is_new
    assert messages.post(replace(message, client_id="other")).is_new
    assert len(messages.newest(room, limit=9)) == 3


def test_the_same_client_id_by_many_at_once_posts_once_and_leaves_no_gap(messages, room):
    message = a_new_message(room, client_id="1")
    posted = all_at_once([lambda: messages.post(message)] * 8)
    assert sum(each.is_new for each in posted) == 1
    assert {each.message.id for each in posted} == {posted[0].message.id}
    post(messages, room, "last")
    assert contents(messages.since(room, after=0, limit=9)) == [message.content, "last"]


def test_many_writers_at_once_get_a_place_each(messages, room):
    posted = all_at_once([lambda: messages.post(a_new_message(room))] * 12)
    found = messages.since(room, after=0, limit=99)
    assert places(room, found) == list(range(1, 13))
    assert {each.message.id for each in posted} == {message.id for message in found}
    assert messages.count(room) == 12


def test_what_was_delivered_is_counted_without_being_read(stores, messages, room):
    post(messages, room, "a", "b")
    lease = stores.delivery_leases.take(room, seconds=9)
    stores.delivery_leases.renew(replace(lease, delivered=2, shown=2), seconds=9)
    assert messages.count(room) == 2
    messages.take_place(room)
    assert messages.count(room) == 2
    messages.close_gap(room, after=2)
    assert messages.count(room) == 2
    post(messages, room, "c")
    assert messages.count(room) == 3
    assert contents(messages.newest(room, limit=2)) == ["b", "c"]
    assert contents(messages.newest(room, limit=9)) == ["a", "b", "c"]
