"""Everybody in a room has everything, once and in one order, whoever delivers it."""

import asyncio
from dataclasses import replace

from parley.chat.delivery_runs import GAP_SECONDS
from parley.domain.room_places import place_of
from tests.examples import a_room_message, a_sender
from tests.parley.chat.delivery_scenes import in_a_room


@in_a_room
async def test_everybody_is_told_a_message_and_only_once(scene):
    clients = [await scene.join() for _ in range(3)]
    [posted] = await scene.say("你好")
    await scene.process().deliver(scene.room)
    for client in clients:
        assert [each["id"] for each in client.events("message")] == [posted.id]


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
async def test_in_a_room_that_is_gone_nothing_is_waited_for(scene):
    client = scene.connect()
    del scene.memory.heads[scene.room]
    await scene.process().deliver(scene.room)
    await scene.process().deliver(scene.room, until=5)
    await scene.process().welcome(scene.room, client.connection.id)
    assert client.told == []


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
    new = scene.connect()
    await process.deliver(scene.room)
    assert handed_over == [scene.room]
    assert 15 <= scene.clock() - begun < 25
    await chatting
    await process.deliver(scene.room)
    await process.deliver(scene.room)
    assert len(new.events("connected", "history", "agents")) == 3
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
