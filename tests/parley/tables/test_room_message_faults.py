"""A room's messages in DynamoDB: long ones, lost answers, writers that die or are too slow, what expires."""

from dataclasses import replace

import pytest

from parley.domain.ids import ROOM, new_id
from parley.domain.room_messages import TextStep
from parley.domain.room_places import place_of
from tests.examples import a_new_message, a_room_message
from tests.tables_on_moto import all_items

LONG = "文" * 200_000


@pytest.fixture
def room(tables):
    room_id = new_id(ROOM)
    tables.open_room(room_id)
    return room_id


@pytest.fixture
def messages(tables):
    return tables.room_messages


def shown(messages, room):
    return [message.content for message in messages.since(room, after=0, limit=99)]


def parts_in(dynamodb):
    return [item for item in all_items(dynamodb, "rooms") if item["pk"]["S"].startswith("PART#")]


def test_what_exceeds_an_item_is_read_whole(messages, room, dynamodb):
    posted = messages.post(a_new_message(room, content=LONG)).message
    assert messages.newest(room, limit=1) == [posted] == messages.since(room, after=0, limit=1)
    assert messages.get(room, posted.id).content == LONG
    assert len(parts_in(dynamodb)) == 1


def test_a_long_reply_takes_the_place_of_another_and_no_part_of_it(messages, room):
    reply = a_room_message(messages.take_place(room), content=LONG + "a" * 400_000)
    messages.put(reply)
    shorter = replace(reply, content=LONG.replace("文", "字"))
    messages.put(shorter)
    assert messages.newest(room, limit=1) == [shorter]


def test_the_text_of_a_reply_is_not_stored_twice(messages, room, dynamodb):
    text = "a" * 100_000
    messages.put(
        a_room_message(
            messages.take_place(room),
            content=text,
            process_steps=(TextStep(type="text", content=text),),
        )
    )
    assert len(next(item["body"]["B"] for item in all_items(dynamodb, "rooms") if "body" in item)) < 101_000
    assert messages.newest(room, limit=1)[0].content == text


def test_a_long_repetition_does_not_touch_the_parts_of_the_first(messages, room, dynamodb):
    message = a_new_message(room, content=LONG, client_id="1")
    messages.post(message)
    assert not messages.post(replace(message, content=LONG.replace("文", "字"))).is_new
    assert shown(messages, room) == [LONG]
    assert len(parts_in(dynamodb)) == 1


def test_a_post_whose_answer_was_lost_counts_as_new_once(messages, room, faults):
    message = a_new_message(room, client_id="1")
    faults.lose_answer("PutItem", after=1)
    assert messages.post(message).is_new
    assert not messages.post(message).is_new
    assert shown(messages, room) == [message.content]


def test_a_claim_whose_answer_was_lost_leaves_no_gap(messages, room, faults):
    message = a_new_message(room, client_id="1")
    faults.lose_answer("PutItem")
    assert messages.post(message).is_new
    assert shown(messages, room) == [message.content]


def test_a_writer_that_died_before_it_stored_is_finished_by_the_repetition(messages, room, faults):
    message = a_new_message(room, client_id="1")
    messages.post(a_new_message(room, content="before"))
    faults.forestall("PutItem", lambda: faults.forestall("PutItem", killed))
    with pytest.raises(KeyboardInterrupt):
        messages.post(message)
    messages.post(a_new_message(room, content="behind"))
    assert shown(messages, room) == ["before"]
    assert messages.post(message).is_new
    assert shown(messages, room) == ["before", message.content, "behind"]


def killed():
    raise KeyboardInterrupt


@pytest.mark.parametrize("client_id", [None, "1"])
def test_a_writer_that_was_too_slow_takes_another_place(messages, room, faults, client_id):
    message = a_new_message(room, client_id=client_id, content=LONG)
    claims = 1 if client_id else 0

    def give_up():
        messages.close_gap(room, after=0)
        messages.post(a_new_message(room, content="faster"))

    def at_put():  # the claim and the further part come first
        nonlocal claims
        claims -= 1
        faults.forestall("PutItem", give_up if claims < 0 else at_put)

    faults.forestall("PutItem", at_put)
    posted = messages.post(message)
    assert posted.is_new
    assert place_of(room, posted.message.id) == 3
    assert shown(messages, room) == ["faster", LONG]
    if client_id:
        assert messages.post(message).message == posted.message


def test_nothing_is_left_of_what_came_too_late(messages, room, dynamodb):
    late = a_room_message(messages.take_place(room), content=LONG)
    messages.close_gap(room, after=0)
    assert not messages.put(late)
    assert parts_in(dynamodb) == []


def test_a_client_id_is_free_again_after_a_day(dynamodb, tables, room):
    from parley.tables.room_messages import DynamoRoomMessageRepository

    now = 1_000_000.5
    messages = DynamoRoomMessageRepository(clock=lambda: now)
    message = a_new_message(room, client_id="1")
    assert messages.post(message).is_new
    now += 24 * 3600 - 1
    assert not messages.post(message).is_new
    now += 1
    assert messages.post(message).is_new
    [record] = [item for item in all_items(dynamodb, "rooms") if item["sk"]["S"].startswith("CLIENT#")]
    assert record["expires_at_epoch"]["N"] == "1172800"


def test_a_place_is_taken_and_a_lease_kept_while_the_room_is_changed(tables, messages, room, faults):
    faults.meet_transaction("UpdateItem", times=2)
    assert place_of(room, messages.take_place(room)) == 1
    faults.meet_transaction("UpdateItem", times=2)
    assert tables.delivery_leases.take(room, seconds=9) is not None


@pytest.mark.parametrize("call", ["take", "release"])
def test_a_lease_s_write_is_repeated_where_its_answer_was_lost(tables, room, faults, call):
    leases = tables.delivery_leases
    if call == "take":
        faults.lose_answer("UpdateItem")
    lease = leases.take(room, seconds=9)
    assert lease is not None
    if call == "release":
        faults.lose_answer("UpdateItem")
    assert leases.release(lease, seconds=9) is None
    assert leases.take(room, seconds=9) is not None


def test_an_idle_room_is_read_with_two_requests_and_counted_with_one(tables, messages, room, faults):
    messages.post(a_new_message(room))
    lease = tables.delivery_leases.take(room, seconds=9)
    tables.delivery_leases.release(replace(lease, delivered=1, shown=1), seconds=9)
    faults.calls.clear()
    messages.newest(room, limit=50)
    assert faults.calls == ["GetItem", "Query"]
    faults.calls.clear()
    assert messages.count(room) == 1
    assert faults.calls == ["GetItem"]


def test_a_post_is_two_writes(messages, room, faults):
    faults.calls.clear()
    messages.post(a_new_message(room))
    assert faults.calls == ["UpdateItem", "PutItem"]
