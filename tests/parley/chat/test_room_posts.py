"""Saying something in a room: what is stored is queued and brought to everybody, once."""

import asyncio

import pytest

from parley.chat.room_posts import RoomPosts
from parley.domain.ids import ROOM, new_id
from parley.domain.room_work import TurnWork
from parley.errors import RoomNotFoundError, RoomQueueError
from tests.examples import a_sender
from tests.fakes.room_audience import ToldRoom
from tests.fakes.room_messages import InMemoryRoomMessageRepository, RoomMemory
from tests.fakes.room_queue import InMemoryRoomQueue

pytestmark = pytest.mark.anyio


class Posting:
    def __init__(self):
        self.room_id, self.sender = new_id(ROOM), a_sender()
        memory = RoomMemory()
        memory.open(self.room_id)
        self.messages = InMemoryRoomMessageRepository(memory)
        self.queue = InMemoryRoomQueue()
        self.room = ToldRoom(self.messages)
        self._posts = RoomPosts(messages=self.messages, queue=self.queue, delivery=self.room)

    async def post(self, content="Hello!", **fields):
        """With all that comes of it, as a function waits for it."""
        posted = await self.post_only(content, **fields)
        await self.delivered()
        return posted

    async def post_only(self, content="Hello!", *, room_id=None, **fields):
        return await self._posts.post(room_id or self.room_id, self.sender, content, **fields)

    async def delivered(self):
        await asyncio.gather(*self._posts._delivering)


@pytest.fixture
def posting():
    return Posting()


async def test_a_message_is_stored_queued_and_told(posting):
    posted = await posting.post("Hello!", mentions=["agent_1"], client_id="mine")
    message = posting.messages.get(posting.room_id, posted.message.id)
    assert posted.is_new
    assert posted.message == message
    assert (message.sender, message.content) == (posting.sender, "Hello!")
    assert (message.mentions, message.client_id) == (("agent_1",), "mine")
    assert posting.queue.sent == [TurnWork(room_id=posting.room_id, message_id=message.id)]
    assert [event.message for event in posting.room.told] == [message]


async def test_a_repeated_message_is_there_once_and_told_once(posting):
    first = await posting.post("Hello!", client_id="mine")
    again = await posting.post("Hello!", client_id="mine")
    assert (again.message, again.is_new) == (first.message, False)
    assert len(posting.queue.sent) == len(posting.room.told) == 1


async def test_a_message_that_could_not_be_queued_is_queued_when_it_is_repeated(posting):
    posting.queue.failure = RoomQueueError()
    with pytest.raises(RoomQueueError):
        await posting.post(client_id="mine")
    posting.queue.failure = None
    posted = await posting.post(client_id="mine")
    assert not posted.is_new
    assert [work.message_id for work in posting.queue.sent] == [posted.message.id]
    assert len(posting.room.told) == 1


async def test_who_posts_waits_for_no_delivery(posting):
    posting.room.gate = asyncio.Event()
    posted = await asyncio.wait_for(posting.post_only(), 10)
    assert posting.room.told == []
    posting.room.gate.set()
    await posting.delivered()
    assert [event.message for event in posting.room.told] == [posted.message]


async def test_a_message_that_cannot_be_brought_now_is_posted_all_the_same(posting):
    posting.room.failure = OSError("out of reach")
    posted = await posting.post()
    assert posted.is_new
    assert len(posting.queue.sent) == 1


async def test_nothing_is_said_in_a_room_that_is_gone(posting):
    with pytest.raises(RoomNotFoundError):
        await posting.post(room_id=new_id(ROOM))
    assert posting.queue.sent == []
