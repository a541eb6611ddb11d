"""Any order of taking places, storing, dying, giving up and reading: nobody sees a message late or twice."""

from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.domain.ids import ROOM, new_id
from parley.domain.room_places import place_of
from tests.examples import a_new_message, a_room_message

WRITERS = 3
_WRITER = st.integers(0, WRITERS - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["take", "put", "die", "post"]), _WRITER),
        st.tuples(st.sampled_from(["close", "read", "deliver"]), st.just(0)),
    ),
    max_size=25,
)


@dataclass
class Scene:
    """Three writers, a deliverer that gives gaps up, and a reader that goes on from where it was."""

    stores: object
    room: str
    hands: dict[int, str] = field(default_factory=dict)
    stored: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    end: int = 0

    @property
    def messages(self):
        return self.stores.room_messages

    def do(self, step, writer):
        match step:
            case "take" if writer not in self.hands:
                self.hands[writer] = self.messages.take_place(self.room)
            case "put" if writer in self.hands:
                self.put(self.hands.pop(writer))
            case "die":
                self.hands.pop(writer, None)
            case "post":
                self.stored.append(self.messages.post(a_new_message(self.room)).message.id)
            case "close":
                self.messages.close_gap(
                    self.room, after=self.messages.follow(self.room, after=0, limit=99).end
                )
            case "deliver":
                self.deliver()
            case "read":
                self.read()

    def put(self, message_id):
        if self.messages.put(a_room_message(message_id)):
            self.stored.append(message_id)

    def read(self):
        page = self.messages.follow(self.room, after=self.end, limit=2)
        self.seen += [message.id for message in page.messages]
        self.end = page.end

    def deliver(self):
        leases = self.stores.delivery_leases
        lease = leases.take(self.room, seconds=9)
        page = self.messages.follow(self.room, after=lease.delivered, limit=99)
        shown = lease.shown + len(page.messages)
        known = replace(lease, delivered=page.end, shown=shown)
        has_more = leases.release(known, seconds=-1) is not None
        assert has_more == (lease.taken > page.end)

    def check(self):
        places = [place_of(self.room, message_id) for message_id in self.seen]
        assert places == sorted(set(places)), "out of order, or twice"
        visible = [message.id for message in self.messages.since(self.room, after=0, limit=99)]
        assert visible[: len(self.seen)] == self.seen, "something came before what had been seen"
        assert [message.id for message in self.messages.newest(self.room, limit=99)] == visible
        assert self.messages.count(self.room) == len(visible)

    def finish(self):
        """All writers die, all gaps are given up, and the reader reads to the end."""
        taken = place_of(self.room, self.messages.take_place(self.room))
        while self.end < taken:
            self.messages.close_gap(self.room, after=self.end)
            self.read()
        by_place = sorted(self.stored, key=lambda message_id: place_of(self.room, message_id))
        assert self.seen == by_place, "a message that was stored is missing"
        assert self.messages.count(self.room) == len(self.stored)


def play(stores, steps):
    scene = Scene(stores, new_id(ROOM))
    stores.open_room(scene.room)
    for step, writer in steps:
        scene.do(step, writer)
        scene.check()
    scene.finish()


@pytest.fixture(scope="module")
def memory():
    from tests.parley.tables.conftest import in_memory

    return in_memory()


@given(steps=STEPS)
@settings(max_examples=200)
def test_no_order_of_steps_shows_a_message_late_or_twice(memory, steps):
    play(memory, steps)


@pytest.mark.parametrize("seed", range(4))
def test_no_order_of_steps_does_so_in_the_table(tables, seed):
    random = Random(seed)
    names = ["take", "take", "put", "die", "post", "close", "read", "deliver"]
    play(tables, [(random.choice(names), random.randrange(WRITERS)) for _ in range(25)])
