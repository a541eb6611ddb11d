"""Ids: opaque, sortable, and a message's id leads to its conversation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain import ids
from tests.fakes.clock import FakeTime


def test_an_id_bears_its_prefix_and_is_no_other():
    made = {ids.new_id("conv") for _ in range(100)}
    assert len(made) == 100
    assert all(ids.is_id("conv", identifier) for identifier in made)
    assert not any(ids.is_id("user", identifier) for identifier in made)


def test_message_ids_sort_in_the_order_in_which_they_follow_each_other(monkeypatch):
    monkeypatch.setattr("parley.domain.ids.time", FakeTime())
    conversation_id, chain = ids.new_id("conv"), []
    for _ in range(50):
        chain.append(ids.new_message_id(conversation_id, after=chain[-1] if chain else None))
    assert chain == sorted(chain)


def test_a_successor_sorts_right_behind_and_is_another_each_time(monkeypatch):
    clock = FakeTime()
    monkeypatch.setattr("parley.domain.ids.time", clock)
    conversation_id = ids.new_id("conv")
    reply = ids.new_message_id(conversation_id)
    following = ids.new_message_id(conversation_id, after=reply)
    successors = [ids.successor_id(reply) for _ in range(100)]
    assert len(set(successors)) == 100
    assert all(reply < each < following for each in successors)
    assert {ids.conversation_of(each) for each in successors} == {conversation_id}
    chain = [reply]
    for _ in range(100):
        chain.append(ids.successor_id(chain[-1]))
    assert chain == sorted(set(chain))
    assert chain[-1] < following


def test_a_message_id_names_its_conversation_and_its_moment(monkeypatch):
    clock = FakeTime()
    monkeypatch.setattr("parley.domain.ids.time", clock)
    conversation_id = ids.new_id("conv")
    message_id = ids.new_message_id(conversation_id)
    assert ids.conversation_of(message_id) == conversation_id
    assert ids.created_at_of(message_id).timestamp() == clock.time()


@pytest.mark.parametrize(
    "text", ["", "msg_", "msg_abc", "conv_01ARZ3NDEKTSV4RRFFQ69G5FAV", "msg_" + "é" * 52, "01" * 26]
)
def test_what_is_no_message_id_names_no_conversation(text):
    assert ids.conversation_of(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_ids(text):
    assert ids.is_id("conv", text) in (True, False)
    assert ids.conversation_of(f"msg_{text}") is None or ids.is_id("conv", ids.conversation_of(f"msg_{text}"))
