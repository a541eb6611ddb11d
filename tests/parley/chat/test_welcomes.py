"""What a new connection is told: who is here, and all that was said, with nothing missing or twice."""

import asyncio

import pytest

from parley.domain.room_connections import ConnectionState
from tests.examples import a_sender
from tests.fakes.virtual_time import run_in_virtual_time
from tests.parley.chat.delivery_scenes import Scene, in_a_room


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
    await asyncio.sleep(11)
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
