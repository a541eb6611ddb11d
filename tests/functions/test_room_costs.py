"""What DynamoDB charges in a room, and how many frames go out: bounded, whatever the room's history.

`pytest -n 0 -s tests/functions/test_room_costs.py` prints it; `make costs` makes dollars of the bounds.
"""

import pytest

from infra.costs.consumption import ROOM_COMING_AND_GOING, ROOM_MESSAGE, ROOM_REPLY, ROOM_REPLY_FRAMES
from parley.domain.events import TextDelta
from tests.fakes.scripted_model import STOP, ScriptedModel
from tests.functions.room_worker import RoomWorker

PEOPLE = 50
TEXT = "A sentence or two. " * 10


@pytest.fixture
def worker(queues, sockets, monkeypatch):
    worker = RoomWorker(queues, monkeypatch)
    worker.answer_with(ScriptedModel([TextDelta("Fine, and how are you?"), STOP]))
    yield worker
    worker.close()


@pytest.fixture
def open_room(anna):
    def open_room(**fields) -> dict:
        return anna.client.call("POST", "/api/chat-rooms", {"name": "Harbour", **fields}).data

    return open_room


@pytest.fixture
def crowd(anna, connect, worker):
    """Fifty connections, each of which has been told what there is."""

    def crowd(room):
        found = [connect(anna, room) for _ in range(PEOPLE)]
        worker.work_off()
        return found

    return crowd


def measured(meter, act):
    with meter() as metered:
        act()
    print(f"\n{metered.total} {metered.calls}")
    return metered.total


def holds(bound, found):
    """As dear as the table of costs has it, or cheaper, but not by so much that the table is wrong."""
    return 0.7 * bound <= found <= bound


def test_a_message_that_nobody_answers(open_room, crowd, worker, meter):
    sender, *others = crowd(open_room())

    def say():
        sender.act("send_message", content=TEXT)
        worker.work_off()

    say()
    first = measured(meter, say)
    for _ in range(20):
        say()
    assert measured(meter, say) == first
    assert holds(ROOM_MESSAGE.writes, first.write_units)
    assert holds(ROOM_MESSAGE.reads, first.read_units)
    assert {len(each.client.events("message")) for each in (sender, *others)} == {23}


def test_an_agents_short_reply(anna, open_room, crowd, worker, meter):
    agent = anna.create_agent()["id"]
    sender, other, *_ = crowd(open_room(agent_ids=[agent]))

    def say():
        sender.act("send_message", content=TEXT)
        worker.work_off()

    say()
    before = len(other.client.frames)
    cost = measured(meter, say)
    assert holds(ROOM_MESSAGE.writes + ROOM_REPLY.writes, cost.write_units)
    assert holds(ROOM_MESSAGE.reads + ROOM_REPLY.reads, cost.read_units)
    assert len(other.client.frames) - before == 1 + ROOM_REPLY_FRAMES


def test_coming_and_going(bert, anna, open_room, crowd, connect, worker, meter):
    room = open_room()
    anna.client.call("POST", f"/api/chat-rooms/{room['id']}/members", {"username": "bert"})
    crowd(room)

    def come_and_go():
        socket = connect(bert, room)
        worker.work_off()
        socket.disconnect()

    cost = measured(meter, come_and_go)
    assert holds(ROOM_COMING_AND_GOING.writes, cost.write_units)
    assert holds(ROOM_COMING_AND_GOING.reads, cost.read_units)
