"""A deliverer may die at any call, and a writer before it fills its place: nobody misses a thing."""

import asyncio
from random import Random

import pytest

from parley.chat.delivery_holds import LEASE_SECONDS
from parley.domain.room_connections import ConnectionState
from tests.fakes.mortality import KilledError, Life
from tests.fakes.virtual_time import run_in_virtual_time
from tests.parley.chat.delivery_scenes import Scene


async def deliver_and_die(scene, calls):
    """Whether it came to its end before it had used up its calls."""
    life = Life(calls=calls)
    try:
        await scene.process(life).deliver(scene.room)
    except KilledError:
        return False
    return True


async def staged():
    """Two who are here, one who has just come, one who has just come back, a dead writer, three messages."""
    scene = Scene()
    here = [await scene.join(), await scene.join()]
    [first] = await scene.say("a")
    new, back = scene.connect(), scene.connect(after=first.id)
    scene.post("b")
    scene.messages.take_place(scene.room)
    scene.post("c")
    return scene, here, new, back


def check(scene, here, new, back):
    for client in (*here, new):
        assert client.contents == ["a", "b", "c"]
    assert back.contents == ["b", "c"]
    for client in (new, back):
        told = [name for name, _ in client.told]
        begin = len(told) - 1 - told[::-1].index("connected")  # a welcome that broke off begins again
        assert told[begin : begin + 3] == ["connected", "history", "agents"]
    states = {each.state for each in scene.connections.of_room(scene.room)}
    assert states == {ConnectionState.READY}
    assert scene.leases.delivered(scene.room) == 4


def test_whenever_a_deliverer_dies_the_next_one_completes_its_work():
    async def main(calls):
        scene, here, new, back = await staged()
        has_ended = await deliver_and_die(scene, calls)
        await asyncio.sleep(LEASE_SECONDS + 1)
        await scene.process().deliver(scene.room)
        check(scene, here, new, back)
        return has_ended

    calls = 0
    while not run_in_virtual_time(main(calls)):
        calls += 1
    assert calls > 25, "it must have had the opportunity to die at each of its calls"


@pytest.mark.parametrize("seed", range(30))
def test_deliverers_may_die_one_after_another_while_people_talk_and_come_and_go(seed):
    async def main():
        random = Random(seed)
        scene = Scene()
        clients = [await scene.join() for _ in range(3)]
        contents = []
        for _ in range(12):
            for _ in range(random.randrange(3)):
                contents.append(str(len(contents)))
                scene.post(contents[-1])
            if random.random() < 0.3:
                scene.messages.take_place(scene.room)
            if random.random() < 0.4:
                clients.append(reopen(scene, random.choice(clients)))
            await deliver_and_die(scene, random.randrange(30))
            await asyncio.sleep(random.choice([0, 0.5, LEASE_SECONDS + 1]))
        await asyncio.sleep(LEASE_SECONDS + 1)
        await scene.process().deliver(scene.room)
        for client in clients:
            if not client.is_gone:
                assert client.contents == contents
        assert scene.messages.count(scene.room) == len(contents)

    run_in_virtual_time(main())


def reopen(scene, client):
    """It is gone, and comes back with the last message that it has; what it has had it keeps."""
    client.is_gone = True
    scene.connections.remove(client.connection)
    known = client.messages
    again = scene.connect(client.connection.participant, after=known[-1]["id"] if known else None)
    again.known = known
    return again


def test_a_welcome_is_given_whoever_dies():
    async def main(calls):
        scene = Scene()
        await scene.say("a")
        client = scene.connect()
        has_ended = True
        try:
            await scene.process(Life(calls=calls)).welcome(scene.room, client.connection.id)
        except KilledError:
            has_ended = False
        await scene.process().welcome(scene.room, client.connection.id)
        assert client.contents == ["a"]
        assert scene.connections.find(client.connection.id).state is ConnectionState.READY
        return has_ended

    calls = 0
    while not run_in_virtual_time(main(calls)):
        calls += 1
    assert calls > 5
