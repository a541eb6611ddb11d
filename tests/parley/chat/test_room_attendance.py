"""Who is told in passing, and what becomes of connections that cannot be told."""

from dataclasses import replace

import pytest

from parley.chat.room_attendance import RoomAttendance
from parley.domain.clock import now
from parley.domain.room_connections import ConnectionSlowError, ConnectionState, RoomConnection
from parley.domain.room_events import Pong, TypingChanged
from parley.domain.room_messages import Sender, SenderType
from parley.http.room_languages import localize
from tests.fakes.room_connections import InMemoryRoomConnectionRepository
from tests.fakes.sockets import InMemorySockets

pytestmark = pytest.mark.anyio

ROOM = "room_01ARZ3NDEKTSV4RRFFQ69G5FAV"
ANNA, BERT, CORA = (Sender(type=SenderType.USER, id=f"user_{name}", name=name) for name in ("a", "b", "c"))
TYPING = TypingChanged(participant=ANNA, is_typing=True)


class Hall:
    def __init__(self) -> None:
        self.connections = InMemoryRoomConnectionRepository()
        self.sockets = InMemorySockets(seconds=0)
        self.attendance = RoomAttendance(
            connections=self.connections, gateway=self.sockets, localize=localize
        )

    def enter(self, participant, number=1, **fields):
        connection = RoomConnection(
            id=f"{participant.name}{number}",
            room_id=ROOM,
            participant=participant,
            user_id=participant.id,
            connected_at=now(),
            **{"state": ConnectionState.READY, **fields},
        )
        self.connections.add(connection)
        self.sockets.connect(connection.id)
        return connection

    def told(self, connection):
        return [name for name, _ in self.sockets.clients[connection.id].told]


@pytest.fixture
def hall():
    return Hall()


async def test_all_are_told_but_those_of_one_participant_and_those_that_are_not_welcomed(hall):
    tabs = [hall.enter(ANNA, 1), hall.enter(ANNA, 2)]
    berts, coming = hall.enter(BERT), hall.enter(CORA, state=ConnectionState.NEW)
    await hall.attendance.tell(ROOM, TYPING, but=replace(ANNA, name="another"))
    assert [hall.told(each) for each in (*tabs, berts, coming)] == [[], [], ["typing"], []]
    await hall.attendance.tell(ROOM, TYPING)
    assert [hall.told(each) for each in (*tabs, berts)] == [["typing"], ["typing"], ["typing", "typing"]]


async def test_one_is_answered_alone(hall):
    annas, berts = hall.enter(ANNA), hall.enter(BERT)
    await hall.attendance.answer(annas, Pong())
    assert (hall.told(annas), hall.told(berts)) == (["pong"], [])


async def test_who_is_too_slow_is_closed_and_has_left(hall):
    async def never():
        raise ConnectionSlowError

    annas, berts = hall.enter(ANNA), hall.enter(BERT)
    hall.sockets.clients[berts.id].takes = never
    await hall.attendance.tell(ROOM, TYPING)
    assert hall.sockets.clients[berts.id].is_closed
    assert hall.connections.find(berts.id) is None
    assert sorted(hall.told(annas)) == ["system", "typing"]


async def test_where_the_service_is_out_of_reach_nobody_is_lost(hall):
    async def fail():
        raise OSError("out of reach")

    hall.sockets.service = fail
    annas = hall.enter(ANNA)
    await hall.attendance.tell(ROOM, TYPING)
    assert hall.connections.find(annas.id) is not None
    await hall.attendance.see_off(ROOM, ANNA)
    assert hall.connections.find(annas.id) is None


async def test_the_last_of_several_connections_is_the_one_that_is_told_of(hall):
    annas = hall.enter(ANNA)
    tabs = [hall.enter(BERT, 1), hall.enter(BERT, 2)]
    for tab in (*tabs, tabs[1]):
        await hall.attendance.leave(tab)
    assert hall.told(annas) == ["system"]


async def test_everybody_is_seen_off_without_a_word(hall):
    annas, berts = hall.enter(ANNA), hall.enter(BERT)
    await hall.attendance.see_all_off(ROOM)
    assert all(hall.sockets.clients[each.id].is_closed for each in (annas, berts))
    assert (hall.told(annas), hall.connections.of_room(ROOM)) == ([], [])
