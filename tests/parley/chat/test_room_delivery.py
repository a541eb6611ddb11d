"""Everybody in a room has everything, once and in one order, whoever delivers it and whoever is slow."""

import asyncio
from dataclasses import replace

import pytest

from parley.chat.delivery_holds import LEASE_SECONDS
from parley.chat.delivery_runs import GAP_SECONDS
from parley.domain.room_connections import ConnectionState
from parley.domain.room_places import place_of
from tests.examples import a_room_message, a_sender
from tests.fakes.virtual_time import run_in_virtual_time
from tests.parley.chat.delivery_scenes import Scene


def in_a_room(test):
    """The test runs in virtual time, in a scene of its own."""

    def run():
        async def main():
            await test(Scene())

        run_in_virtual_time(main())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


@in_a_room
async def test_everybody_is_told_a_message_and_only_once(scene):
    clients = [await scene.join() for _ in range(3)]
    [posted] = await scene.say("你好")
    await scene.process().deliver(scene.room)
    for client in clients:
        assert [each["id"] for each in client.events("message")] == [posted.id]


@in_a_room
async def test_a_new_connection_is_told_who_and_what_is_here_before_all_else(scene):
    person, other = a_sender(), a_sender()
    await scene.join(other)
    await scene.join(person)
    await scene.say(*(str(number) for number in range(60)))
    client = await scene.join(person)
    assert [name for name, _ in client.told] == ["connected", "history", "agents"]
    [connected] = client.events("connected")
    assert connected["connection_id"] == client.connection.id
    assert connected["participant_id"] == person.id
    assert [each["id"] for each in connected["participants"]] == [other.id, person.id]
    [history] = client.events("history")
    assert [each["content"] for each in history["messages"]] == [str(number) for number in range(10, 60)]
    assert history["has_more"]
    assert [each["name"] for each in client.events("agents")[0]["agents"]] == ["小帮手"]
    assert scene.connections.find(client.connection.id).state is ConnectionState.READY


@in_a_room
async def test_who_comes_back_gets_all_since_then_however_much_it_is(scene):
    posted = await scene.say(*(str(number) for number in range(250)))
    client = await scene.join(after=posted[9].id)
    assert client.contents == [str(number) for number in range(10, 250)]
    assert not any(history["has_more"] for history in client.events("history"))
    up_to_date = await scene.join(after=posted[-1].id)
    assert up_to_date.events("history") == [{"messages": [], "has_more": False}]


@pytest.mark.parametrize("after", ["", "msg_1", "nonsense"])
def test_who_names_no_message_of_the_room_gets_the_newest(after):
    async def main():
        scene = Scene()
        await scene.say("a", "b")
        assert (await scene.join(after=after)).contents == ["a", "b"]

    run_in_virtual_time(main())


@in_a_room
async def test_history_and_live_messages_meet_exactly(scene):
    """A connection is welcomed while messages are delivered one after another."""
    first = await scene.join()
    await scene.say("0")
    scene.post("1", "2")
    delivering = asyncio.create_task(scene.process().deliver(scene.room))
    late = []
    for number in range(3, 30):
        await asyncio.sleep(0.007)
        scene.post(str(number))
        if number % 5 == 0:
            late.append(scene.connect())
            late[-1].welcoming = asyncio.create_task(
                scene.process().welcome(scene.room, late[-1].connection.id)
            )
    await delivering
    await asyncio.gather(*(client.welcoming for client in late))
    await scene.process().deliver(scene.room)
    everything = [str(number) for number in range(30)]
    assert first.contents == everything
    for client in late:
        shown = [name for name, _ in client.told][:3]
        assert shown == ["connected", "history", "agents"]
        assert client.contents == everything
        ids = [each["id"] for history in client.events("history") for each in history["messages"]]
        ids += [each["id"] for each in client.events("message")]
        assert len(ids) == len(set(ids)) == 30


@in_a_room
async def test_of_many_deliverers_one_delivers_and_nothing_is_left(scene):
    client = await scene.join()

    async def say(number):
        scene.post(str(number))
        await scene.process().deliver(scene.room)

    await asyncio.gather(*(say(number) for number in range(20)))
    assert len(client.events("message")) == 20
    places = [place_of(scene.room, each["id"]) for each in client.events("message")]
    assert places == sorted(places)


@in_a_room
async def test_within_a_process_deliveries_join(scene):
    client = await scene.join()
    process = scene.process()

    async def say(number):
        await asyncio.sleep(number * 0.003)
        scene.post(str(number))
        await process.deliver(scene.room)
        assert str(number) in client.contents

    await asyncio.gather(*(say(number) for number in range(30)))
    assert len(client.events("message")) == 30


@in_a_room
async def test_a_slow_connection_delays_nobody_and_is_closed(scene):
    quick, slow = await scene.join(), await scene.join()
    is_asked = asyncio.Event()

    async def never():
        is_asked.set()
        await asyncio.Event().wait()

    slow.takes = never
    scene.post("a")
    delivering = asyncio.create_task(scene.process().deliver(scene.room))
    await is_asked.wait()
    scene.post("b", "c")
    while quick.contents != ["a", "b", "c"]:
        assert not slow.is_closed, "the quick one had to wait for the slow one's end"
        await asyncio.sleep(0.01)
    await delivering
    assert slow.is_closed
    assert [each.id for each in scene.connections.of_room(scene.room)] == [quick.connection.id]


@in_a_room
async def test_many_slow_connections_leave_room_for_the_others(scene):
    clients = [await scene.join() for _ in range(150)]

    async def never():
        await asyncio.Event().wait()

    for client in clients[:100]:
        client.takes = never
    scene.post("a")
    delivering = asyncio.create_task(scene.process().deliver(scene.room))
    while not all(client.contents == ["a"] for client in clients[100:]):
        assert not delivering.done()
        assert not any(client.is_closed for client in clients)
        await asyncio.sleep(0.01)
    await delivering
    assert sum(client.is_closed for client in clients) == 100


@in_a_room
async def test_posts_at_once_are_bounded(scene):
    for _ in range(100):
        scene.connect()
    await scene.process().deliver(scene.room)
    scene.sockets.most_at_once = 0
    await scene.say("a")
    assert scene.sockets.most_at_once == 64


@in_a_room
async def test_who_waits_for_a_place_does_not_wait_for_the_slow(scene):
    """An agent begins to answer when all that keep up have the message."""
    await scene.join()
    slow = await scene.join()

    async def never():
        await asyncio.Event().wait()

    slow.takes = never
    [posted] = scene.post("a")
    process = scene.process()
    await process.deliver(scene.room, until=place_of(scene.room, posted.id))
    assert not slow.is_closed
    await process.deliver(scene.room)
    assert slow.is_closed
    assert scene.leases.delivered(scene.room) == 1


@in_a_room
async def test_a_connection_that_is_gone_is_pruned_and_its_participant_has_left(scene):
    person = a_sender(name="Ann")
    other, one, two = await scene.join(), await scene.join(person), await scene.join(person)
    one.is_gone = True
    await scene.say("a")
    assert other.events("system") == []
    two.is_gone = True
    await scene.say("b")
    [notice] = other.events("system")
    assert (notice["type"], notice["participant_id"]) == ("user_leave", person.id)
    assert notice["content"] == "Ann has left the room."
    assert other.contents == ["a", "b"]
    assert len(scene.connections.of_room(scene.room)) == 1


@in_a_room
async def test_a_connection_whose_handshake_takes_a_while_is_welcomed_after_it(scene):
    client = scene.connect()
    client.is_gone = True

    async def open_later():
        await asyncio.sleep(2)
        client.is_gone = False

    opening = asyncio.create_task(open_later())
    await scene.process().welcome(scene.room, client.connection.id)
    await opening
    assert [name for name, _ in client.told] == ["connected", "history", "agents"]


@in_a_room
async def test_a_handshake_that_never_ends_well_is_forgotten_and_delays_nobody(scene):
    other = await scene.join()
    broken = scene.connect()
    broken.is_gone = True
    begun = scene.clock()
    [posted] = scene.post("a")
    await scene.process().deliver(scene.room, until=place_of(scene.room, posted.id))
    assert (other.contents, scene.clock() - begun < 0.2) == (["a"], True)
    await asyncio.sleep(LEASE_SECONDS)
    assert [each.id for each in scene.connections.of_room(scene.room)] == [other.connection.id]
    assert scene.leases.delivered(scene.room) == 1


@in_a_room
async def test_the_gap_of_a_dead_writer_is_closed(scene):
    client = await scene.join()
    scene.messages.take_place(scene.room)
    begun = scene.clock()
    await scene.say("b")
    assert client.contents == ["b"]
    assert GAP_SECONDS <= scene.clock() - begun < GAP_SECONDS + 1
    assert scene.messages.count(scene.room) == 1


@in_a_room
async def test_a_writer_that_is_a_little_slow_keeps_its_place(scene):
    client = await scene.join()
    reply = scene.messages.take_place(scene.room)
    scene.post("b")
    delivering = asyncio.create_task(scene.process().deliver(scene.room))
    await asyncio.sleep(GAP_SECONDS * 0.8)
    assert client.contents == []
    assert scene.messages.put(a_room_message(reply, content="a"))
    await delivering
    assert client.contents == ["a", "b"]


@in_a_room
async def test_the_reply_that_ended_while_its_reader_was_being_welcomed_is_sent_whole(scene):
    """Its steps were told to those who were ready then."""
    reply = scene.begin_reply()
    await scene.process().deliver(scene.room)
    client = scene.connect()
    marked = scene.connections.mark_ready

    def end_then_mark(connection):
        scene.end_reply(reply, "whole")
        return marked(connection)

    scene.connections.mark_ready = end_then_mark
    await scene.process().welcome(scene.room, client.connection.id)
    [history] = client.events("history")
    assert [(each["content"], each["status"]) for each in history["messages"]] == [("", "streaming")]
    assert [(each["content"], each["status"]) for each in client.messages] == [("whole", "complete")]


@in_a_room
async def test_in_a_room_that_is_gone_nothing_is_waited_for(scene):
    client = scene.connect()
    del scene.memory.heads[scene.room]
    await scene.process().deliver(scene.room)
    await scene.process().deliver(scene.room, until=5)
    await scene.process().welcome(scene.room, client.connection.id)
    assert client.told == []


@in_a_room
async def test_a_service_out_of_order_for_a_while_costs_nothing(scene):
    client = await scene.join()
    until = scene.clock() + 5

    async def out_of_order():
        if scene.clock() < until:
            raise ConnectionResetError

    scene.sockets.service = out_of_order
    await scene.say("a")
    assert client.contents == ["a"]
    assert not client.is_closed


@in_a_room
async def test_a_service_that_stays_out_of_order_ends_the_delivery_but_no_connection(scene):
    client = await scene.join()

    async def out_of_order():
        raise ConnectionResetError

    scene.sockets.service = out_of_order
    scene.post("a")
    with pytest.raises(ConnectionResetError):
        await scene.process().deliver(scene.room)
    assert not client.is_closed
    scene.sockets.service = None
    await scene.process().deliver(scene.room)
    assert client.contents == ["a"]


@in_a_room
async def test_a_refused_frame_closes_its_connection_alone(scene):
    quick, odd = await scene.join(), await scene.join()

    async def refuse():
        raise OSError("the service of sockets answered 500")

    odd.takes = refuse
    await scene.say("a")
    assert (quick.contents, quick.is_closed, odd.is_closed) == (["a"], False, True)


@in_a_room
async def test_who_has_delivered_for_long_has_somebody_else_go_on(scene):
    client = await scene.join()
    slower = await scene.join()

    async def be_slower():
        await asyncio.sleep(0.1)

    scene.sockets.seconds, slower.takes = 0.1, be_slower
    handed_over = []
    process = scene.process(hand_over=handed_over.append)

    async def chat():
        for number in range(200):
            scene.post(str(number))
            await asyncio.sleep(0.1)

    chatting = asyncio.create_task(chat())
    await asyncio.sleep(0)
    begun = scene.clock()
    await process.deliver(scene.room)
    assert handed_over == [scene.room]
    assert 15 <= scene.clock() - begun < 25
    await chatting
    await scene.process().deliver(scene.room)
    for each in (client, slower):
        assert each.contents == [str(number) for number in range(200)]
        assert len(each.events("message")) == 200


@in_a_room
async def test_a_deliverer_that_lost_its_lease_sends_nothing_more(scene):
    """As when its process was held up: another one has gone on meanwhile."""
    client = await scene.join()
    scene.post("a", "b")
    is_held_up = asyncio.Event()
    sent = []

    async def hold_up():
        sent.append(len(client.frames))
        if len(sent) == 1:
            await is_held_up.wait()

    client.takes = hold_up
    late = asyncio.create_task(scene.process().deliver(scene.room))
    await asyncio.sleep(0.02)
    head = scene.memory.heads[scene.room]
    head.lease_id, head.lease_until = "another's", scene.clock() + 60
    is_held_up.set()
    await late
    assert client.contents[:1] == ["a"]
    assert head.delivered == 0


@in_a_room
async def test_events_are_in_the_language_of_the_connection(scene):
    chinese, english = await scene.join(language="zh"), await scene.join(language="en")
    gone = await scene.join(a_sender(name="Ann"))
    gone.is_gone = True
    scene.post("a")

    def localize(event, language):
        content = getattr(event, "content", None)
        return replace(event, content=f"{language}: {content}") if content else event

    await scene.process(localize=localize).deliver(scene.room)
    assert chinese.events("system")[0]["content"] == "zh: Ann has left the room."
    assert english.events("system")[0]["content"] == "en: Ann has left the room."


@in_a_room
async def test_the_head_knows_how_many_messages_were_delivered(scene):
    await scene.join()
    await scene.say("a", "b")
    scene.messages.take_place(scene.room)
    await scene.say("d")
    lease = scene.leases.take(scene.room, seconds=1)
    assert (lease.delivered, lease.shown) == (4, 3)


@in_a_room
async def test_who_is_here_is_read_once_while_nobody_comes(scene):
    first = await scene.join()
    process = scene.process()
    looks, of_room = [], scene.connections.of_room
    scene.connections.of_room = lambda room_id, **since: looks.append(since) or of_room(room_id, **since)

    async def say(content):
        scene.post(content)
        await process.deliver(scene.room)

    for content in "abc":
        await say(content)
    assert len(looks) == 1
    second = scene.connect()
    looks.clear()
    await process.welcome(scene.room, second.connection.id)
    assert [list(since) for since in looks] == [["since"]]
    elsewhere = await scene.join()
    looks.clear()
    await say("d")
    await say("e")
    assert len(looks) == 1
    for client in (first, second, elsewhere):
        assert client.contents == list("abcde")
        assert len(client.events("connected", "history", "agents")) == 3
    await asyncio.sleep(61)
    await say("f")
    assert looks[1:] == [{}]


@in_a_room
async def test_who_has_gone_since_they_were_seen_is_told_nothing_more(scene):
    other, gone = await scene.join(), await scene.join()
    process = scene.process()
    scene.post("a")
    await process.deliver(scene.room)
    gone.is_gone = True
    assert scene.connections.remove(gone.connection)
    for content in "bcd":
        scene.post(content)
        await process.deliver(scene.room)
    assert (other.contents, gone.contents) == (list("abcd"), ["a"])
    assert other.events("system") == []
