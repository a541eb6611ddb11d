"""What is told in passing: in order, merged while it waits, and never at the cost of others."""

import asyncio
from functools import partial

import pytest

from parley.chat.room_broadcasts import RoomBroadcast
from parley.chat.room_lines import SocketLines
from parley.domain.messages import MessageStatus
from parley.domain.room_events import (
    AgentDone,
    Failed,
    Notice,
    NoticeType,
    StepGrown,
    StepTaken,
    TypingChanged,
)
from parley.domain.room_messages import CallStep, SenderType
from parley.domain.room_places import room_message_id
from tests.examples import a_sender
from tests.fakes.virtual_time import run_in_virtual_time
from tests.parley.chat.delivery_scenes import Scene, in_a_room

SPEAKER = a_sender(type=SenderType.AGENT, id="agent_01HZZZZZZZZZZZZZZZZZZZZZZZ", name="小帮手")


class Told(Scene):
    """A room in which an agent's reply is told."""

    def __init__(self):
        super().__init__()
        self.reply_id = room_message_id(self.room, 1)
        self.broadcast = self.another()
        self.text = ""

    def another(self):
        return RoomBroadcast(
            self.room,
            connections=self.connections,
            lines=SocketLines(self.sockets, clock=self.clock),
            localize=lambda event, language: event,
        )

    async def write(self, *deltas, index=0, every_seconds=0.0):
        for delta in deltas:
            grown = StepGrown(
                message_id=self.reply_id,
                agent_id=SPEAKER.id,
                index=index,
                type="text",
                offset=len(self.text),
                delta=delta,
            )
            self.text += delta
            await self.broadcast.tell(grown)
            if every_seconds:
                await asyncio.sleep(every_seconds)

    async def call(self, index):
        step = CallStep(id="1", name="calculator", arguments={})
        await self.broadcast.tell(
            StepTaken(message_id=self.reply_id, agent_id=SPEAKER.id, index=index, step=step)
        )
        self.text = ""

    async def typing(self, is_typing, who=SPEAKER):
        await self.broadcast.tell(TypingChanged(participant=who, is_typing=is_typing))

    async def end(self):
        done = AgentDone(message_id=self.reply_id, agent_id=SPEAKER.id, token_count=1)
        await self.broadcast.tell(done)


def read_steps(client):
    """The steps' texts as a client puts them together, and how often a name came."""
    texts = {}
    for data in client.events("process_step"):
        if "delta" in data:
            text = texts.setdefault(data["index"], "")
            assert data["offset"] <= len(text), "a part is missing"
            texts[data["index"]] = text[: data["offset"]] + data["delta"]
    return texts


where_an_agent_speaks = partial(in_a_room, make_scene=Told)


@where_an_agent_speaks
async def test_a_reply_is_told_in_order_to_all_that_are_ready(scene):
    clients = [await scene.join() for _ in range(3)]
    new = scene.connect()
    await scene.typing(True)
    await scene.write("Hello", ", ", "world", every_seconds=0.05)
    await scene.call(1)
    await scene.write("Bye", index=2)
    await scene.end()
    await scene.typing(False)
    await scene.broadcast.close()
    for client in clients:
        names = [name for name, _ in client.told[3:]]
        assert names == ["typing", *["process_step"] * 4, "done", "typing"]
        assert [data["is_typing"] for data in client.events("typing")] == [True, False]
        assert read_steps(client) == {0: "Hello, world", 2: "Bye"}
        assert [data["index"] for data in client.events("process_step")] == [0, 0, 1, 2]
    assert new.told == []


@where_an_agent_speaks
async def test_the_first_words_come_at_once(scene):
    client = await scene.join()
    await scene.typing(True)
    await asyncio.sleep(1)
    await scene.write("Hello")
    await asyncio.sleep(0.02)
    assert read_steps(client) == {0: "Hello"}


@pytest.mark.parametrize("words_per_second", [15, 50, 200, 1000])
def test_a_long_reply_costs_little_more_than_its_text(words_per_second):
    """A frame around a step's text takes about 200 bytes. 15 words a second are slow for a model."""

    async def main():
        scene = Told()
        client = await scene.join()
        before = sum(map(len, client.frames))
        words = [f"word{number} " for number in range(2_000)]
        await scene.typing(True)
        await scene.write(*words, every_seconds=1 / words_per_second)
        await scene.end()
        await scene.typing(False)
        await scene.broadcast.close()
        assert read_steps(client) == {0: "".join(words)}
        sent = sum(map(len, client.frames)) - before
        return sent / len("".join(words))

    ratio = run_in_virtual_time(main())
    assert ratio <= (1.5 if words_per_second > 15 else 2.5)


@where_an_agent_speaks
async def test_words_never_wait_for_long(scene):
    client = await scene.join()
    await scene.write(*["slow "] * 30, every_seconds=0.3)
    waited = 0.0
    while len(read_steps(client)[0]) < len(scene.text):
        await asyncio.sleep(0.01)
        waited += 0.01
    assert waited < 2.1


@where_an_agent_speaks
async def test_who_becomes_ready_in_the_middle_gets_it_from_the_beginning(scene):
    first = await scene.join()
    await scene.typing(True)
    await scene.write("one ", "two ")
    await scene.call(1)
    await scene.write("three ", index=2)
    late = await scene.join()
    await scene.write(*["four "] * 20, index=2, every_seconds=0.1)
    assert read_steps(late)[0] == "one two "
    assert [data["is_typing"] for data in late.events("typing")] == [True]
    await scene.end()
    await scene.broadcast.close()
    assert read_steps(late) == read_steps(first) == {0: "one two ", 2: "three " + "four " * 20}
    assert len(late.events("done")) == 1


@where_an_agent_speaks
async def test_who_becomes_ready_just_before_the_end_misses_nothing(scene):
    await scene.join()
    await scene.write("all of it")
    late = await scene.join()
    await scene.end()
    await scene.broadcast.close()
    assert read_steps(late) == {0: "all of it"}
    assert len(late.events("done")) == 1
    again = scene.another()
    await again.tell(Notice(type=NoticeType.STOPPED, content="The turn was stopped."))
    await again.close()
    assert late.events("system")[0]["type"] == "stopped"


@where_an_agent_speaks
async def test_of_a_reply_that_has_ended_nothing_is_repeated(scene):
    await scene.join()
    await scene.write("all of it")
    failed = Failed(content="no", type="error", message_id=scene.reply_id, agent_id=SPEAKER.id)
    await scene.broadcast.tell(failed)
    late = await scene.join()
    await asyncio.sleep(2)
    await scene.typing(False)
    await scene.broadcast.close()
    await scene.typing(False)
    assert late.events("process_step") == []


@where_an_agent_speaks
async def test_what_waits_for_a_slow_connection_is_merged_and_nobody_waits_with_it(scene):
    quick, slow = await scene.join(), await scene.join()
    may_go_on = asyncio.Event()
    slow.takes = may_go_on.wait
    frames = len(slow.frames)
    await scene.typing(True)
    await scene.write(*["word "] * 100, every_seconds=0.02)
    await scene.typing(False)
    await asyncio.sleep(0.1)
    assert read_steps(quick) == {0: "word " * 100}
    assert not may_go_on.is_set()
    may_go_on.set()
    await scene.broadcast.close()
    told = slow.told[frames:]
    assert [name for name, _ in told] == ["typing", "process_step", "typing"]
    assert read_steps(slow) == {0: "word " * 100}


@where_an_agent_speaks
async def test_who_types_no_more_is_not_said_to_type_by_what_waited(scene):
    slow = await scene.join()
    person = a_sender()
    may_go_on = asyncio.Event()
    slow.takes = may_go_on.wait
    await scene.typing(True)
    await asyncio.sleep(0.1)
    for is_typing in (True, False, True, False):
        await scene.typing(is_typing, who=person)
    may_go_on.set()
    await scene.broadcast.close()
    assert [data["is_typing"] for data in slow.events("typing") if "user_id" in data] == [False]


@where_an_agent_speaks
async def test_who_is_found_gone_has_left(scene):
    other, gone = await scene.join(), await scene.join(a_sender(name="Ann"))
    gone.is_gone = True
    await scene.typing(True)
    await scene.broadcast.close()
    assert [data["type"] for data in other.events("system")] == ["user_leave"]
    assert len(scene.connections.of_room(scene.room)) == 1


@where_an_agent_speaks
async def test_a_service_out_of_order_fails_nobody(scene):
    client = await scene.join()

    async def out_of_order():
        raise ConnectionResetError

    scene.sockets.service = out_of_order
    await scene.write("a", "b")
    await scene.end()
    await scene.broadcast.close()
    assert not client.is_closed
    assert len(scene.connections.of_room(scene.room)) == 1


@where_an_agent_speaks
async def test_connections_are_looked_for_once_a_second_and_at_the_end(scene):
    await scene.join()
    looks, of_room = [], scene.connections.of_room
    scene.connections.of_room = lambda room_id: looks.append(room_id) or of_room(room_id)
    await scene.write(*["word "] * 150, every_seconds=0.02)
    assert 2 <= len(looks) <= 4
    await scene.end()
    await scene.broadcast.close()
    assert len(looks) <= 5


@where_an_agent_speaks
async def test_a_reply_whose_message_was_delivered_before_is_never_told_ahead_of_it(scene):
    """As a turn does it: delivered until its place, then told."""
    client = await scene.join()
    reply = scene.begin_reply()
    await scene.process().deliver(scene.room, until=1)
    scene.reply_id = reply.id
    await scene.write("Hello")
    await scene.end()
    await scene.broadcast.close()
    assert [name for name, _ in client.told[3:]] == ["message", "process_step", "done"]
    assert client.messages[0]["status"] == MessageStatus.STREAMING
