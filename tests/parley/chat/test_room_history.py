"""What a model is shown of a room: bounded, with the speakers' names, in the order of the turns."""

from dataclasses import replace

import pytest

from parley.chat.room_history import MAX_MESSAGES, introduce, read_room_history
from parley.domain.ids import ROOM, new_id
from parley.domain.messages import MessageStatus
from parley.domain.room_messages import SenderType
from tests.examples import a_new_message, a_room, a_room_message, a_sender, an_agent
from tests.fakes.room_messages import InMemoryRoomMessageRepository, RoomMemory

PAT = a_sender(name="Pat")
ANN = a_sender(name="Ann", type=SenderType.AGENT)
BEN = a_sender(name="Ben", type=SenderType.AGENT)


class Room:
    def __init__(self):
        self.id = new_id(ROOM)
        memory = RoomMemory()
        memory.open(self.id)
        self.messages = InMemoryRoomMessageRepository(memory)

    def say(self, sender, content, **fields):
        return self.messages.post(a_new_message(self.id, sender=sender, content=content, **fields)).message

    def shown(self, question, *, to=ANN):
        reply = a_room_message(self.messages.take_place(self.id), sender=to, turn_of=question.id)
        turns = read_room_history(self.messages, question, reply=reply)
        return [(turn.role, turn.content) for turn in turns]


@pytest.fixture
def room():
    return Room()


def test_own_messages_are_the_assistants_and_others_bear_their_names(room):
    first = room.say(PAT, "Hello!")
    room.say(ANN, "Hello, Pat.", turn_of=first.id)
    room.say(BEN, "Hi.", turn_of=first.id)
    question = room.say(PAT, "And now?")
    assert room.shown(question) == [
        ("user", "Pat: Hello!"),
        ("assistant", "Hello, Pat."),
        ("user", "Ben: Hi."),
        ("user", "Pat: And now?"),
    ]


def test_what_is_answered_stands_behind_earlier_turns_and_later_words_are_left_out(room):
    first, second = room.say(PAT, "One?"), room.say(PAT, "Two?")
    room.say(BEN, "One.", turn_of=first.id)
    room.say(BEN, "Two.", turn_of=second.id)
    room.say(PAT, "Three?")
    assert [content for _, content in room.shown(second)] == [
        "Pat: One?",
        "Ben: One.",
        "Pat: Two?",
        "Ben: Two.",
    ]


def test_the_newest_messages_are_shown_and_the_question_in_any_case(room):
    question = room.say(PAT, "Well?")
    for number in range(MAX_MESSAGES + 5):
        room.say(BEN, f"{number}", turn_of=question.id)
    shown = room.shown(question)
    assert len(shown) == MAX_MESSAGES + 1
    assert (shown[0], shown[1], shown[-1]) == (
        ("user", "Pat: Well?"),
        ("user", "Ben: 5"),
        ("user", f"Ben: {MAX_MESSAGES + 4}"),
    )


def test_the_window_is_bounded_in_tokens_but_for_the_question(room):
    room.say(PAT, "字" * 20_000)
    room.say(PAT, "字" * 20_000)
    question = room.say(PAT, "问" * 100_000)
    assert [content[:6] for _, content in room.shown(question)] == ["Pat: 问"]
    question = room.say(PAT, "Well?")
    assert [len(content) for _, content in room.shown(question)] == [10]


def test_a_reply_that_came_to_nothing_is_a_silence_and_one_that_is_not_over_is_nothing(room):
    question = room.say(PAT, "Well?")
    failed = room.say(BEN, "", turn_of=question.id)
    room.messages.put(replace(failed, status=MessageStatus.ERROR))
    room.say(BEN, "", turn_of=question.id, status=MessageStatus.STREAMING)
    own = room.say(ANN, "", turn_of=question.id)
    room.messages.put(replace(own, status=MessageStatus.ERROR))
    assert room.shown(question) == [("user", "Pat: Well?"), ("user", "Ben: …")]


def test_an_agent_is_told_who_it_is_and_with_whom():
    agent, other = an_agent(name="Ann"), an_agent(name="小助手")
    told = introduce(a_room(name="Harbour"), agent, people=["Pat", "Sam"], agents=[agent, other])
    assert told.startswith("You are Ann. You are in the chat room 'Harbour' with these people: Pat, Sam; ")
    assert "with these other agents: 小助手." in told
    assert "\n" not in told
    alone = introduce(a_room(), agent, people=["Pat"], agents=[agent])
    assert "with no other agent." in alone


def test_of_many_people_some_are_named():
    agent = an_agent(name="Ann")
    told = introduce(a_room(), agent, people=[f"p{number}" for number in range(25)], agents=[agent])
    assert "p19 and 5 more;" in told
