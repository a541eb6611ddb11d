"""What was said in a room, page by page from its end or on from a message, for those who are in it."""

import pytest

from parley.chat.room_access import RoomAccess
from parley.chat.room_transcripts import RoomStretch, RoomTranscript
from parley.domain.pages import PageRequest
from parley.domain.room_messages import NewMessage, Sender, SenderType
from parley.domain.room_places import room_message_id
from parley.errors import InvalidCursorError, MessageNotFoundError, RoomNotFoundError
from tests.examples import a_room
from tests.fakes.agent_repository import InMemoryAgentRepository
from tests.fakes.room_messages import InMemoryRoomMessageRepository, RoomMemory
from tests.fakes.room_repository import InMemoryRoomRepository

ANNA = Sender(type=SenderType.USER, id="user_1", name="anna")


class Desk:
    def __init__(self) -> None:
        memory, rooms = RoomMemory(), InMemoryRoomRepository()
        self.room = a_room()
        rooms.add(self.room)
        memory.open(self.room.id)
        self.messages = InMemoryRoomMessageRepository(memory)
        access = RoomAccess(rooms=rooms, agents=InMemoryAgentRepository())
        self.transcript = RoomTranscript(access=access, messages=self.messages)

    def say(self, *contents):
        return [
            self.messages.post(NewMessage(room_id=self.room.id, sender=ANNA, content=content)).message
            for content in contents
        ]

    def page(self, size=20, number=1, cursor=None, **ends):
        request = PageRequest(size=size, number=number, cursor=cursor)
        return self.transcript.list_page("user_1", self.room.id, RoomStretch(page=request, **ends))


@pytest.fixture
def desk():
    return Desk()


def contents(page):
    return [message.content for message in page.items]


def test_an_empty_room_has_an_empty_page(desk):
    page = desk.page()
    assert (page.items, page.total, page.next_cursor) == ([], 0, None)


def test_pages_go_back_from_the_newest_and_each_is_read_forwards(desk):
    desk.say(*"abcdefg")
    assert [contents(desk.page(3, number)) for number in (1, 2, 3, 4)] == [
        ["e", "f", "g"],
        ["b", "c", "d"],
        ["a"],
        [],
    ]
    first = desk.page(3)
    second = desk.page(3, cursor=first.next_cursor)
    third = desk.page(3, cursor=second.next_cursor)
    assert [contents(page) for page in (second, third)] == [["b", "c", "d"], ["a"]]
    assert (first.total, third.next_cursor) == (7, None)
    assert desk.page(7).next_cursor is None


def test_what_comes_meanwhile_moves_no_cursor(desk):
    desk.say(*"abcd")
    first = desk.page(2)
    desk.say(*"efg")
    assert contents(desk.page(2, cursor=first.next_cursor)) == ["a", "b"]


def test_on_from_a_message_and_back_from_one(desk):
    said = desk.say(*"abcdefg")
    after = desk.page(2, after=said[1].id)
    assert contents(after) == ["c", "d"]
    assert contents(desk.page(2, cursor=after.next_cursor)) == ["e", "f"]
    assert desk.page(3, after=said[3].id).next_cursor is None
    assert contents(desk.page(2, after=said[6].id)) == []
    before = desk.page(2, before=said[4].id)
    assert contents(before) == ["c", "d"]
    assert contents(desk.page(2, cursor=before.next_cursor)) == ["a", "b"]
    assert contents(desk.page(2, before=said[0].id)) == []
    assert contents(desk.page(2, after=said[0].id, before=said[6].id)) == ["b", "c"]


def test_places_that_were_given_up_are_no_messages(desk):
    desk.say("a")
    for _ in range(3):
        desk.messages.take_place(desk.room.id)
    for place in (1, 2, 3):
        desk.messages.close_gap(desk.room.id, after=place)
    desk.say("b", "c")
    page = desk.page(1, number=3)
    assert (contents(page), page.total, page.next_cursor) == (["a"], 3, None)
    assert contents(desk.page(2)) == ["b", "c"]


def test_a_far_page_is_reached_in_steps(desk, monkeypatch):
    monkeypatch.setattr("parley.chat.room_transcripts._STEP", 2)
    desk.say(*"abcdefgh")
    assert contents(desk.page(1, number=8)) == ["a"]
    assert contents(desk.page(1, number=4)) == ["e"]
    assert contents(desk.page(3, number=2)) == ["c", "d", "e"]


@pytest.mark.parametrize("cursor", ["x", "before-", "before-msg_1", "after-room_1", "💥"])
def test_a_cursor_of_no_list_is_refused(desk, cursor):
    with pytest.raises(InvalidCursorError):
        desk.page(cursor=cursor)


def test_a_cursor_of_another_room_is_refused(desk):
    other = a_room()
    with pytest.raises(InvalidCursorError):
        desk.page(cursor=f"before-{room_message_id(other.id, 1)}")


def test_a_message_is_read_by_its_id(desk):
    (said,) = desk.say("hello")
    assert desk.transcript.get("user_1", desk.room.id, said.id) == said
    for unknown in ("x", room_message_id(desk.room.id, 1), room_message_id(desk.room.id, 2)):
        with pytest.raises(MessageNotFoundError):
            desk.transcript.get("user_1", desk.room.id, unknown)


def test_a_stranger_reads_nothing(desk):
    (said,) = desk.say("hello")
    with pytest.raises(RoomNotFoundError):
        desk.transcript.get("user_2", desk.room.id, said.id)
    with pytest.raises(RoomNotFoundError):
        desk.transcript.list_page("user_2", desk.room.id, RoomStretch())
