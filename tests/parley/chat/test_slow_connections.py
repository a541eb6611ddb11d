"""Connections that are slow or gone, and a service that is out of order: nobody else is delayed."""

import asyncio

import pytest

from parley.chat.delivery_holds import LEASE_SECONDS
from parley.domain.room_places import place_of
from tests.examples import a_sender
from tests.parley.chat.delivery_scenes import in_a_room


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
