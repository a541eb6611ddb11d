"""A person's message over one request: who may ask, what a repeat finds, and what is followed."""

import asyncio

import pytest

from parley.chat.room_access import RoomAccess
from parley.chat.room_followers import TurnFollower
from parley.chat.room_posts import RoomPosts
from parley.chat.room_questions import RoomQuestions
from parley.domain.agents import AgentKind
from parley.domain.events import TextDelta
from parley.domain.idempotency import KeyedRequest
from parley.errors import IdempotencyKeyReusedError, ReplyEndedError, RoomNotFoundError
from tests.fakes.agent_repository import InMemoryAgentRepository
from tests.fakes.room_queue import InMemoryRoomQueue
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.parley.chat.room_world import RoomWorld, short

pytestmark = pytest.mark.anyio


class Asking:
    def __init__(self):
        self.world = RoomWorld()
        self.queue, agents = InMemoryRoomQueue(), InMemoryAgentRepository()
        for agent in self.world.agents.values():
            agents.add(agent)
        self.agents = agents
        parts = {"messages": self.world.messages, "turns": self.world.turns, "log": self.world.log}
        self.questions = RoomQuestions(
            access=RoomAccess(rooms=self.world.rooms, agents=agents),
            posts=RoomPosts(messages=self.world.messages, queue=self.queue, delivery=self.world.told_room),
            stops=self.world.stops,
            follower=TurnFollower(**parts),
        )

    async def ask(self, content="Hello!", *, user_id=None, key=None, mentions=()):
        user_id = user_id or self.world.room.owner_id
        keyed = key and KeyedRequest(user_id=user_id, operation="POST /", key=key, fingerprint=content)
        return await self.questions.ask(
            user_id, "anna", self.world.room.id, content, mentions=mentions, keyed=keyed
        )


@pytest.fixture
def asking(monkeypatch):
    monkeypatch.setattr("parley.chat.room_followers.POLL_SECONDS", 0.001)
    return Asking()


async def test_a_question_is_in_the_room_under_the_name_of_who_asks(asking):
    question = await asking.ask("Hello!", mentions=["agent_1"])
    message = question.message
    assert (message.sender.name, message.sender.id) == ("anna", asking.world.room.owner_id)
    assert (message.content, message.mentions) == ("Hello!", ("agent_1",))
    assert (question.is_answered, question.is_new) == (True, True)
    assert [work.message_id for work in asking.queue.sent] == [message.id]


async def test_its_turn_is_followed_to_the_end(asking):
    question = await asking.ask("@Ann?")
    await asking.world.run(question.message, ScriptedModel([TextDelta("Yes."), STOP]))
    batches = asking.questions.follow(question, seconds_left=None)
    events = [event async for batch in batches for event in batch]
    assert events == asking.world.told
    assert short(events[-1]) == "typed"


async def test_a_question_that_only_others_are_to_answer_is_not_followed(asking):
    agent = asking.world.add_agent("Eve", kind=AgentKind.EXTERNAL)
    asking.agents.add(agent)
    question = await asking.ask("@Eve?")
    assert not question.is_answered
    batches = asking.questions.follow(question, seconds_left=None)
    assert [short(event) async for batch in batches for event in batch] == ["message anna"]


async def test_a_repeated_key_finds_the_question_and_asks_it_once(asking):
    first = await asking.ask("Hello!", key="k1")
    again = await asking.ask("Hello!", key="k1")
    assert (again.message, again.is_new) == (first.message, False)
    assert len(asking.world.stored()) == 1
    for changed in ({"content": "Bye!"}, {"mentions": ["agent_1"]}):
        with pytest.raises(IdempotencyKeyReusedError):
            await asking.ask(**{"content": "Hello!", "key": "k1", **changed})


async def test_who_is_not_in_the_room_can_neither_ask_nor_stop(asking):
    with pytest.raises(RoomNotFoundError):
        await asking.ask(user_id="user_2")
    question = await asking.ask()
    with pytest.raises(RoomNotFoundError):
        await asking.questions.stop("user_2", asking.world.room.id, question.message.id)
    assert len(asking.world.stored()) == 1


async def test_a_question_is_stopped_once(asking):
    question = await asking.ask()
    room = asking.world.room
    assert await asking.questions.stop(room.owner_id, room.id, question.message.id) == question.message
    await asyncio.wait_for(asking.world.run(question.message, ScriptedModel([STOP])), 10)
    with pytest.raises(ReplyEndedError):
        await asking.questions.stop(room.owner_id, room.id, question.message.id)
